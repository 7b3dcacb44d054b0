//! One's own second factor: setting it up with an authenticator app, its recovery codes, turning it off.

use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        install::qr_image,
    },
    i18n::{errors::error_text, format, lang, lang_now, t},
    stores::leave_guard::use_leave_guard,
    ui::{
        Button, ButtonVariant, CopyField, CopyLabels, ErrorState, InputKind, RevealLabels, Skeleton, TextField,
        use_toasts,
    },
};
use leptos::{html, prelude::*};
use types::second_factor::{
    BeginSecondFactor, BothFactors, ConfirmSecondFactor, RecoveryCodes, SecondFactor, SecondFactorSetup,
};
use types::validate::Validate;

/// What the card shows.
#[derive(Clone, PartialEq)]
enum Stage {
    /// How things stand.
    Standing,
    /// Asks for the password, to begin.
    Beginning,
    /// Shows the secret, and asks for a code.
    Confirming(SecondFactorSetup),
    /// Shows the recovery codes, this once.
    Codes(RecoveryCodes),
    /// Asks for both factors, to make new recovery codes.
    Renewing,
    /// Asks for both factors, to turn it off.
    Removing,
}

/// The card of the account's page.
#[component]
pub fn SecondFactorCard() -> impl IntoView {
    let api = use_api();
    let stage = RwSignal::new(Stage::Standing);
    let standing = LocalResource::new(move || {
        let api = api.clone();
        async move { api.get_second_factor().await }
    });
    // Recovery codes that nobody has kept are lost.
    use_leave_guard().watch(Signal::derive(move || stage.with(|stage| matches!(stage, Stage::Codes(_)))));
    let refetch = Callback::new(move |()| standing.refetch());
    let done = Callback::new(move |()| {
        stage.try_set(Stage::Standing);
        refetch.try_run(());
    });
    view! {
        <section class="card" aria-labelledby="second-factor-title">
            <div class="card__head">
                <h2 class="card__title" id="second-factor-title">{t!(second_factor)}</h2>
                <p class="card__text">{t!(second_factor_note)}</p>
            </div>
            {move || match stage.get() {
                Stage::Standing => {
                    match standing.get() {
                        None => view! { <Skeleton lines=1 /> }.into_any(),
                        Some(Ok(known)) => view! { <Standing known stage /> }.into_any(),
                        Some(Err(error)) => {
                            view! {
                                <ErrorState
                                    message=move || error_text(lang(), &error)
                                    retry_label=t!(retry)
                                    on_retry=refetch
                                />
                            }
                                .into_any()
                        }
                    }
                }
                Stage::Beginning => view! { <Begin stage /> }.into_any(),
                Stage::Confirming(setup) => view! { <Confirm setup stage /> }.into_any(),
                Stage::Codes(codes) => view! { <Codes codes done /> }.into_any(),
                Stage::Renewing => view! { <Prove renews=true stage done /> }.into_any(),
                Stage::Removing => view! { <Prove renews=false stage done /> }.into_any(),
            }}
        </section>
    }
}

/// Whether it is on, and what can be done.
#[component]
fn Standing(known: SecondFactor, stage: RwSignal<Stage>) -> impl IntoView {
    let SecondFactor { enabled_at, recovery_codes_left } = known;
    match enabled_at {
        None => view! {
            <p>{t!(second_factor_off)}</p>
            <div class="form__actions">
                <Button on:click=move |_| stage.set(Stage::Beginning)>{t!(second_factor_enable)}</Button>
            </div>
        }
        .into_any(),
        Some(at) => view! {
            <p>
                {move || lang().second_factor_on_since(format::date_time(at))} " · "
                {t!(recovery_codes_left(recovery_codes_left))}
            </p>
            <div class="second-factor__ways">
                <Button on:click=move |_| stage.set(Stage::Renewing)>{t!(recovery_codes_renew)}</Button>
                <Button variant=ButtonVariant::Danger on:click=move |_| stage.set(Stage::Removing)>
                    {t!(second_factor_disable)}
                </Button>
            </div>
        }
        .into_any(),
    }
}

/// Asks for the password before a secret is made.
#[component]
fn Begin(stage: RwSignal<Stage>) -> impl IntoView {
    let api = use_api();
    let form = NodeRef::<html::Form>::new();
    let password = RwSignal::new(String::new());
    let (busy, errors) = (RwSignal::new(false), FormErrors::none());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = BeginSecondFactor { password: password.get_untracked() };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            let setup = api.begin_second_factor(&request).await?;
            stage.try_set(Stage::Confirming(setup));
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form account__password" node_ref=form novalidate on:submit=submit>
            <p class="card__text">{t!(second_factor_begin_note)}</p>
            <PasswordField password errors />
            <FormError errors />
            <Actions stage busy>{t!(second_factor_enable)}</Actions>
        </form>
    }
}

/// Shows the secret as a picture and as text, until a code of the app has come.
#[component]
fn Confirm(setup: SecondFactorSetup, stage: RwSignal<Stage>) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let form = NodeRef::<html::Form>::new();
    let code = RwSignal::new(String::new());
    let (busy, errors) = (RwSignal::new(false), FormErrors::none());
    let SecondFactorSetup { secret, uri } = setup;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = ConfirmSecondFactor { code: code.get_untracked().trim().to_owned() };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            let codes = api.confirm_second_factor(&request).await?;
            stage.try_set(Stage::Codes(codes));
            toasts.success(lang_now().second_factor_enabled());
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form account__password" node_ref=form novalidate on:submit=submit>
            <p class="card__text">{t!(second_factor_scan)}</p>
            {qr_image(&uri)
                .map(|src| {
                    view! { <img class="second-factor__qr" alt=t!(second_factor_qr) src=src width="180" height="180" /> }
                })}
            <CopyField
                label=t!(second_factor_secret)
                hint=t!(second_factor_secret_hint)
                text=Signal::stored(secret)
                labels=copy_labels()
            />
            <TextField
                label=t!(second_factor_code)
                value=code
                error=errors.of_named("code", "second_factor")
                kind=InputKind::Digits
                name="code"
                autocomplete="one-time-code"
                required=true
            />
            <FormError errors />
            <Actions stage busy>{t!(second_factor_confirm)}</Actions>
        </form>
    }
}

/// The recovery codes, which are shown this once.
#[component]
fn Codes(codes: RecoveryCodes, done: Callback<()>) -> impl IntoView {
    let rows = u16::try_from(codes.items.len()).unwrap_or(10);
    view! {
        <CopyField
            label=t!(recovery_codes)
            hint=t!(recovery_codes_note)
            text=Signal::stored(codes.items.join("\n"))
            labels=copy_labels()
            rows
        />
        <div class="form__actions">
            <Button variant=ButtonVariant::Primary on:click=move |_| done.run(())>
                {t!(recovery_codes_saved)}
            </Button>
        </div>
    }
}

/// Asks for both factors, to make new recovery codes or to turn it off.
#[component]
fn Prove(renews: bool, stage: RwSignal<Stage>, done: Callback<()>) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let form = NodeRef::<html::Form>::new();
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (busy, errors) = (RwSignal::new(false), FormErrors::none());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = BothFactors { password: password.get_untracked(), code: code.get_untracked().trim().to_owned() };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            if renews {
                let codes = api.renew_recovery_codes(&request).await?;
                stage.try_set(Stage::Codes(codes));
            } else {
                api.remove_second_factor(&request).await?;
                done.try_run(());
                toasts.success(lang_now().second_factor_disabled());
            }
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    let action = move || {
        let lang = lang();
        if renews { lang.recovery_codes_renew() } else { lang.second_factor_disable() }
    };
    view! {
        <form class="form account__password" node_ref=form novalidate on:submit=submit>
            {renews.then(|| view! { <p class="card__text">{t!(recovery_codes_renew_note)}</p> })}
            <PasswordField password errors />
            <TextField
                label=t!(second_factor_code)
                value=code
                error=errors.of_named("code", "second_factor")
                hint=t!(second_factor_either_hint)
                name="code"
                autocomplete="one-time-code"
                required=true
            />
            <FormError errors />
            <Actions stage busy>{action}</Actions>
        </form>
    }
}

/// The password, once more.
#[component]
fn PasswordField(password: RwSignal<String>, errors: FormErrors) -> impl IntoView {
    view! {
        <TextField
            label=t!(password)
            value=password
            error=errors.of("password")
            kind=InputKind::Password
            reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
            name="password"
            autocomplete="current-password"
            required=true
            autofocus=true
        />
    }
}

/// What sends the form, and what leaves it.
#[component]
fn Actions(stage: RwSignal<Stage>, busy: RwSignal<bool>, children: Children) -> impl IntoView {
    view! {
        <div class="second-factor__ways">
            <Button variant=ButtonVariant::Primary submit=true busy>
                {children()}
            </Button>
            <Button on:click=move |_| stage.set(Stage::Standing)>{t!(cancel)}</Button>
        </div>
    }
}

fn copy_labels() -> CopyLabels {
    CopyLabels { copy: t!(copy_codes).into(), copied: t!(copied).into(), failed: t!(copy_failed).into() }
}
