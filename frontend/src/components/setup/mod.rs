//! The setup wizard: from a new organisation to one that answers. Each step does the real thing.

mod colleague;
pub use colleague::random_password;
mod steps;

use crate::components::part::{Draw, part};
use crate::ui::effect;
use crate::{
    api::use_api,
    components::profile_form::ProfileDraft,
    i18n::{Lang, errors::error_text, lang, t},
    stores::{
        live::use_account,
        session::use_session,
        setup::{Setup, Step, may_be_called, use_setup},
    },
    ui::{Button, ButtonVariant, Dialog, Icon, IconView},
};
use client::rest::ApiError;
use colleague::ColleagueDraft;
use leptos::{html, prelude::*, task::spawn_local};
use types::agents::MePatch;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Where the wizard stands, and what stands in its forms: it stays when a step is left, or the wizard closed. `Copy`.
#[derive(Clone, Copy)]
struct Drafts {
    step: RwSignal<usize>,
    profile: ProfileDraft,
    channel: RwSignal<String>,
    colleague: ColleagueDraft,
    welcome: RwSignal<Option<String>>,
}

/// The wizard. It opens by itself for whom it is meant, and from the help menu.
#[component]
pub fn SetupWizard() -> impl IntoView {
    let (setup, session) = (use_setup(), use_session());
    let open = setup.open;
    let step = RwSignal::new(0);
    let drafts = Drafts {
        step,
        profile: ProfileDraft::follow(),
        channel: RwSignal::new(String::new()),
        colleague: ColleagueDraft::blank(),
        welcome: RwSignal::new(None),
    };
    // Opened by itself, and nobody has touched it since.
    let untouched = StoredValue::new(false);
    let is_decided = StoredValue::new(false);
    if session.me_now().as_ref().is_some_and(may_be_called) {
        setup.fetch();
    }
    effect(move || {
        let calls = session.me().filter(|_| !session.is_view()).and_then(|me| setup.progress().calls(&me));
        // Once: what is undone later, in the middle of the day's work, calls nobody.
        if let Some(calls) = calls.filter(|_| !is_decided.get_value()) {
            is_decided.set_value(true);
            if calls {
                untouched.set_value(true);
                open.set(true);
            }
        }
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if is_open && was_open != Some(true) {
            step.set(untrack(|| setup.progress()).first_left().place());
            setup.fetch();
        }
        is_open
    });
    // Sent away on another device, it goes here as well, unless somebody is at it.
    effect(move || {
        if session.me().is_some_and(|me| me.setup_dismissed) && untouched.get_value() {
            open.set(false);
        }
    });
    let touch = move || untouched.set_value(false);
    let closed = Callback::new(move |()| {
        touch();
        drafts.colleague.forget();
    });
    provide_context(drafts);
    view! {
        <Dialog open title=t!(setup_wizard) close_label=t!(close) wide=true on_close=closed>
            <div class="setup" on:click=move |_| touch() on:input=move |_| touch()>
                {part(setup_steps)}
            </div>
        </Dialog>
    }
}

/// Loads what draws the steps, which are not needed where everything is set up.
#[wasm_split(setup, fallible)]
fn setup_steps() -> Result<Draw, SplitLoaderError> {
    let draw: Draw = || view! { <SetupSteps /> }.into_any();
    Ok(draw)
}

#[component]
fn SetupSteps() -> impl IntoView {
    let (setup, drafts) = (use_setup(), expect_context::<Drafts>());
    let step = drafts.step;
    view! {
        {steps_nav(step, setup)}
        {move || step_view(Step::at(step.get()), drafts)}
        {footer(step, setup)}
    }
}

/// A text in the language that it is asked in.
type Words = fn(Lang) -> &'static str;

/// What a step is called, and what it is for.
fn title(step: Step) -> (Words, Words) {
    match step {
        Step::Profile => (Lang::setup_profile, Lang::setup_profile_hint),
        Step::Channel => (Lang::setup_channel, Lang::setup_channel_hint),
        Step::Colleague => (Lang::setup_colleague, Lang::setup_colleague_hint),
        Step::Welcome => (Lang::setup_welcome, Lang::setup_welcome_hint),
    }
}

/// The steps with what is done of them; each can be gone to.
fn steps_nav(step: RwSignal<usize>, setup: Setup) -> AnyView {
    let entry = move |one: Step| {
        let is_done = move || setup.progress().is_done(one);
        view! {
            <li>
                <button
                    type="button"
                    class="setup__step"
                    class:setup__step--done=is_done
                    aria-current=move || (step.get() == one.place()).then_some("step")
                    on:click=move |_| step.set(one.place())
                >
                    <span class="setup__mark" aria-hidden="true">
                        {move || if is_done() {
                            view! { <IconView icon=Icon::Check size=16 /> }.into_any()
                        } else {
                            (one.place() + 1).to_string().into_any()
                        }}
                    </span>
                    <span>{move || title(one).0(lang())}</span>
                    <span class="visually-hidden">{move || is_done().then(|| lang().setup_done())}</span>
                </button>
            </li>
        }
    };
    view! {
        <nav aria-label=t!(setup_steps)>
            <ol class="setup__steps">{Step::ALL.map(entry).into_iter().collect_view()}</ol>
        </nav>
    }
    .into_any()
}

fn step_view(step: Step, drafts: Drafts) -> AnyView {
    let (name, hint) = title(step);
    let heading = NodeRef::<html::H3>::new();
    // Who goes on by the keyboard is in the step; at the opening the window itself has the focus.
    effect(move || {
        if let Some(heading) = heading.get()
            && document().active_element().is_some_and(|active| active.closest(".setup").ok().flatten().is_some())
        {
            drop(heading.focus());
        }
    });
    let body = match step {
        Step::Profile => steps::profile(drafts.profile),
        Step::Channel => steps::channel(drafts.channel),
        Step::Colleague => colleague::colleague(drafts.colleague),
        Step::Welcome => steps::welcome(drafts.welcome),
    };
    view! {
        <section class="setup__body">
            <header>
                <h3 class="setup__title" node_ref=heading tabindex="-1">{move || name(lang())}</h3>
                <p class="dialog__text">{move || hint(lang())}</p>
            </header>
            {body}
        </section>
    }
    .into_any()
}

fn footer(step: RwSignal<usize>, setup: Setup) -> AnyView {
    let (session, account, api) = (use_session(), use_account(), use_api());
    let failed = RwSignal::new(None::<ApiError>);
    let dismissed = move || session.me().is_some_and(|me| me.setup_dismissed);
    let dismiss = move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let (input, api) = (event.target(), api.clone());
        let wanted = input.checked();
        failed.set(None);
        spawn_local(async move {
            match api.update_me(&MePatch { setup_dismissed: Some(wanted), ..MePatch::default() }).await {
                Ok(me) => account.put(me),
                Err(error) => {
                    // What holds is what the server has.
                    input.set_checked(!wanted);
                    failed.try_set(Some(error));
                }
            }
        });
    };
    const LAST: usize = Step::ALL.len() - 1;
    let skips = move || step.get() != LAST && !setup.progress().is_done(Step::at(step.get()));
    let words = move || match step.get() {
        LAST => lang().setup_finish(),
        _ if skips() => lang().setup_skip(),
        _ => lang().setup_next(),
    };
    let go = move |_| match step.get_untracked() {
        LAST => setup.open.set(false),
        place => step.set(place + 1),
    };
    let back = move |_| step.update(|place| *place = place.saturating_sub(1));
    view! {
        <footer class="setup__foot">
            <div class="setup__dismiss">
                <label class="checkbox__row">
                    <input
                        class="checkbox__input"
                        type="checkbox"
                        name="setup_dismissed"
                        prop:checked=dismissed
                        on:change:target=dismiss
                    />
                    <span class="checkbox__label">{t!(setup_dismiss)}</span>
                </label>
                <p class="setup__failure" role="alert">
                    {move || failed.with(|failed| failed.as_ref().map(|error| error_text(lang(), error)))}
                </p>
            </div>
            <Button disabled=Signal::derive(move || step.get() == 0) on:click=back>{t!(setup_back)}</Button>
            // What leaves a step undone is not what one is asked for. One button all the same: it keeps the focus.
            <Button variant=ButtonVariant::Primary attr:data-skips=move || skips().then_some("") on:click=go>
                {words}
            </Button>
        </footer>
    }
    .into_any()
}
