//! The verification code with the button that sends one.

use crate::ui::effect;
use crate::{
    api::public_api,
    components::form::FormErrors,
    i18n::{errors::error_text, format, lang, t},
    routes,
    stores::proof,
    ui::{Button, InputKind, TextField},
};
use client::rest::ApiError;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use std::time::Duration;
use types::{
    auth::SendVerificationCode,
    server_info::{CodeDelivery, ServerInfo},
    time::Timestamp,
    validate,
};

/// What the sending of a code has come to.
#[derive(Clone, PartialEq)]
enum Sending {
    Idle,
    Working,
    SentTo(String, CodeDelivery),
    Failed(ApiError),
}

/// The code, and the button that has one sent to the mobile (or to the email address, where the operator delivers by
/// email). What is wrong with either is shown at its own field.
#[component]
pub fn CodeField(
    /// The code.
    code: RwSignal<String>,
    /// The mobile it proves.
    mobile: RwSignal<String>,
    /// The email address of the same form.
    email: RwSignal<String>,
    /// The form's errors.
    errors: FormErrors,
) -> impl IntoView {
    let info = LocalResource::new(|| async { public_api().get_server_info().await.ok() });
    let sending = RwSignal::new(Sending::Idle);
    let until = RwSignal::new(Timestamp(0));
    let seconds_left = countdown(until);
    let working = Signal::derive(move || sending.with(|sending| *sending == Sending::Working));

    let send = move |_| {
        let delivery = info.get_untracked().flatten().map_or(CodeDelivery::Console, |info| info.code_delivery);
        let (mobile, email) = (mobile.get_untracked(), email.get_untracked());
        let mobile_check = validate::mobile(&mobile);
        let needs_email = delivery == CodeDelivery::Email;
        let email_check = if needs_email { validate::email(&email) } else { Ok(()) };
        let ready = mobile_check.is_ok() && email_check.is_ok();
        errors.check("mobile", mobile_check);
        if needs_email {
            errors.check("email", email_check);
        }
        if !ready {
            return;
        }
        sending.set(Sending::Working);
        spawn_local(async move {
            let address = if needs_email { email.clone() } else { mobile.clone() };
            match request_code(mobile, needs_email.then_some(email)).await {
                Ok(resend_after) => {
                    until.set(format::now().plus_seconds(i64::from(resend_after)));
                    sending.set(Sending::SentTo(address, delivery));
                }
                Err(error) => {
                    if let ApiError::Problem(problem) = &error
                        && let Some(seconds) = problem.retry_after
                    {
                        until.set(format::now().plus_seconds(i64::from(seconds)));
                    }
                    if let ApiError::Problem(problem) = &error
                        && !problem.errors.is_empty()
                    {
                        errors.fail(error);
                        sending.set(Sending::Idle);
                    } else {
                        sending.set(Sending::Failed(error));
                    }
                }
            }
        });
    };

    view! {
        <div class="code-field">
            <TextField
                label=t!(code)
                value=code
                error=errors.of("code")
                kind=InputKind::Digits
                name="code"
                autocomplete="one-time-code"
                required=true
                on_leave=Callback::new(move |()| errors.check("code", validate::code(code.get_untracked().trim())))
            >
                <Button
                    size=crate::ui::ButtonSize::Small
                    busy=working
                    disabled=Signal::derive(move || seconds_left.get() > 0)
                    on:click=send
                >
                    {move || {
                        let left = seconds_left.get();
                        if working.get() {
                            lang().solving_proof().to_owned()
                        } else if left > 0 {
                            lang().resend_in(left)
                        } else {
                            lang().get_code().to_owned()
                        }
                    }}
                </Button>
            </TextField>
            <p class="code-field__status" role="status">
                {move || match sending.get() {
                    Sending::Idle | Sending::Working => String::new(),
                    Sending::SentTo(address, CodeDelivery::Email) => lang().code_sent_to_email(address),
                    Sending::SentTo(address, CodeDelivery::Console | CodeDelivery::Webhook) => lang().code_sent_to(address),
                    Sending::Failed(error) => error_text(lang(), &error),
                }}
            </p>
            {move || info.get().flatten().filter(shows_codes).map(|_| view! { <DevelopmentHint /> })}
        </div>
    }
}

/// Solves the puzzle and asks for the code; the seconds until another can be asked for.
async fn request_code(mobile: String, email: Option<String>) -> Result<u32, ApiError> {
    let challenge = public_api().create_challenge().await?;
    let proof = proof::solve(challenge).await;
    let sent = public_api().send_verification_code(&SendVerificationCode { mobile, email, proof }).await?;
    Ok(sent.resend_after)
}

fn shows_codes(info: &ServerInfo) -> bool {
    info.development && info.code_delivery == CodeDelivery::Console
}

#[component]
fn DevelopmentHint() -> impl IntoView {
    view! {
        <p class="code-field__hint">
            {t!(development_codes_hint)} " "
            <a href=routes::DEVELOPMENT_CODES target="_blank" rel="noopener">
                {t!(development_codes)}
            </a>
        </p>
    }
}

/// Whole seconds until then, counted down.
fn countdown(until: RwSignal<Timestamp>) -> ReadSignal<i64> {
    let (left, set_left) = signal(0);
    let refresh = move || {
        let millis = until.get_untracked().millis_since(format::now());
        set_left.set(if millis > 0 { (millis + 999) / 1000 } else { 0 });
    };
    effect(move || {
        until.track();
        refresh();
    });
    if let Ok(ticking) = set_interval_with_handle(refresh, Duration::from_millis(500)) {
        on_cleanup(move || ticking.clear());
    }
    left
}
