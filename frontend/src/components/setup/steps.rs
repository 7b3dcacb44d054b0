//! The steps that use what is there: the account's form, a channel with its code, the welcome.

use crate::ui::effect;
use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        install::Install,
        profile_form::{ProfileDraft, ProfileForm},
    },
    i18n::{lang, t},
    stores::{live::use_channels, setup::use_setup},
    ui::{Button, ButtonVariant, ErrorState, Skeleton, TextArea, TextField},
};
use leptos::{html, prelude::*};
use types::{
    channels::{Channel, ChannelKind, ChannelStyle, CreateChannel},
    limits,
    validate::{self, Validate},
    welcome::SetWelcome,
};

/// That it was saved, said in its place: a note on the page would be behind the window.
fn saved_line(saved: RwSignal<bool>) -> AnyView {
    view! { <p class="setup__saved" role="status">{move || saved.get().then(|| lang().setup_saved())}</p> }.into_any()
}

/// Who one is.
pub(super) fn profile(draft: ProfileDraft) -> AnyView {
    let saved = RwSignal::new(false);
    view! {
        <ProfileForm draft on_saved=Callback::new(move |()| saved.set(true)) />
        {saved_line(saved)}
    }
    .into_any()
}

/// The first channel with its code; while there is none, a form for it.
pub(super) fn channel(name: RwSignal<String>) -> AnyView {
    let channels = use_channels();
    let first = Memo::new(move |_| {
        let list = channels.list();
        list.iter().find(|one| one.enabled).or(list.first()).cloned()
    });
    let (loaded, has_one) =
        (Memo::new(move |_| channels.are_loaded()), Memo::new(move |_| first.with(Option::is_some)));
    (move || match (loaded.get(), has_one.get()) {
        (false, _) => view! { <Skeleton lines=3 /> }.into_any(),
        (true, false) => new_channel(name),
        (true, true) => {
            let Some(known) = first.get_untracked() else { return ().into_any() };
            let shown: Signal<Channel> = Signal::derive(move || first.get().unwrap_or_else(|| known.clone()));
            view! {
                <p role="status">{move || shown.with(|shown| lang().setup_channel_ready(&shown.name))}</p>
                <Install channel=shown />
            }
            .into_any()
        }
    })
    .into_any()
}

/// A channel with everything else as it is by default: its own page has the rest.
fn website(name: String) -> CreateChannel {
    CreateChannel {
        kind: ChannelKind::Website,
        name,
        introduction: String::new(),
        alert: true,
        enabled: true,
        unsent_preview: false,
        max_file_megabytes: 0,
        style: ChannelStyle::default(),
        group_id: None,
    }
}

fn new_channel(name: RwSignal<String>) -> AnyView {
    let (api, channels) = (use_api(), use_channels());
    let form = NodeRef::<html::Form>::new();
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = website(name.with_untracked(|name| name.trim().to_owned()));
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            channels.put(api.create_channel(&request).await?);
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(channel_name)
                value=name
                error=errors.of("name")
                placeholder=t!(channel_name_placeholder)
                name="name"
                required=true
                on_leave=Callback::new(move |()| {
                    errors.check("name", validate::line(&name.get_untracked(), 1, limits::CHANNEL_NAME_MAX));
                })
            />
            <FormError errors />
            <div class="form__actions">
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(add_channel)}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// What new visitors are greeted with. `draft` is what was typed, until it is saved.
pub(super) fn welcome(draft: RwSignal<Option<String>>) -> AnyView {
    let setup = use_setup();
    let is_known = Memo::new(move |_| setup.welcome.with(Option::is_some));
    (move || match (is_known.get(), setup.failed.get()) {
        (true, _) => welcome_form(draft),
        (false, true) => view! {
            <ErrorState message=t!(load_failed) retry_label=t!(retry) on_retry=Callback::new(move |()| setup.fetch()) />
        }
        .into_any(),
        (false, false) => view! { <Skeleton lines=3 /> }.into_any(),
    })
    .into_any()
}

fn welcome_form(draft: RwSignal<Option<String>>) -> AnyView {
    let (api, setup) = (use_api(), use_setup());
    let form = NodeRef::<html::Form>::new();
    let errors = FormErrors::none();
    let (busy, saved) = (RwSignal::new(false), RwSignal::new(false));
    let known = move || setup.welcome.get().unwrap_or_default();
    let text = RwSignal::new(untrack(|| draft.get().unwrap_or_else(known)));
    // Kept for when one comes back to it.
    effect(move || {
        let typed = text.get();
        let edited = typed.trim() != known();
        if edited {
            saved.set(false);
        }
        draft.set(edited.then_some(typed));
    });
    let unchanged = Signal::derive(move || text.with(|text| text.trim() == known()));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = SetWelcome { text: text.with_untracked(|text| text.trim().to_owned()) };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            setup.welcome.try_set(Some(api.set_welcome(&request).await?.text));
            saved.try_set(true);
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextArea
                label=t!(welcome_text)
                value=text
                error=errors.of("text")
                hint=t!(welcome_note)
                placeholder=t!(welcome_placeholder)
                count=t!(characters_of(text.with(|text| text.trim().chars().count()), limits::WELCOME_MAX))
                name="text"
                rows=5
                on_leave=Callback::new(move |()| {
                    let text = text.with_untracked(|text| text.trim().to_owned());
                    errors.check("text", validate::text(&text, 0, limits::WELCOME_MAX));
                })
            />
            <FormError errors />
            <div class="form__actions">
                <Button variant=ButtonVariant::Primary submit=true busy disabled=unchanged>{t!(save)}</Button>
                {saved_line(saved)}
            </div>
        </form>
    }
    .into_any()
}
