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
use std::pin::Pin;
use std::time::Duration;
use types::{
    auth::SendVerificationCode,
    server_info::{CodeDelivery, ServerInfo},
    time::Timestamp,
    validate,
};

/// Where a code has gone, for the line that says so.
#[derive(Clone, PartialEq)]
pub enum SentTo {
    /// This mobile number.
    Mobile(String),
    /// This email address.
    Email(String),
    /// An address of the account's, if it has one: nobody is told.
    Owner,
}

/// What asks for a code: the seconds until another can be asked for, and where it has gone.
pub type Asking = Pin<Box<dyn Future<Output = Result<(u32, SentTo), ApiError>>>>;

/// What the sending of a code has come to.
#[derive(Clone, PartialEq)]
enum Sending {
    Idle,
    Working,
    Sent(SentTo),
    Failed(ApiError),
}

/// The code of a registration: for the mobile, or by email where the operator delivers by email. What is wrong with either is shown at
/// its own field.
#[component]
pub fn RegistrationCode(
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
    let ask = move || -> Option<Asking> {
        let delivery = info.get_untracked().flatten().map(|info| info.code_delivery);
        let (mobile, email) = (mobile.get_untracked(), email.get_untracked());
        let mobile_check = validate::mobile(&mobile);
        let needs_email = delivery == Some(CodeDelivery::Email);
        let email_check = if needs_email { validate::email(&email) } else { Ok(()) };
        let ready = mobile_check.is_ok() && email_check.is_ok();
        errors.check("mobile", mobile_check);
        if needs_email {
            errors.check("email", email_check);
        }
        let sent_to = if needs_email { SentTo::Email(email.clone()) } else { SentTo::Mobile(mobile.clone()) };
        ready.then(|| -> Asking {
            Box::pin(async move {
                let proof = proof::for_form().await?;
                let request = SendVerificationCode { mobile, email: needs_email.then_some(email), proof };
                Ok((public_api().send_verification_code(&request).await?.resend_after, sent_to))
            })
        })
    };
    view! { <CodeField code errors ask=Callback::new(move |()| ask()) info /> }
}

/// The code, and the button that has one sent.
#[component]
pub fn CodeField(
    /// The code.
    code: RwSignal<String>,
    /// The form's errors.
    errors: FormErrors,
    /// Asks for a code; nothing where what it needs is wrong, which it has shown.
    ask: Callback<(), Option<Asking>>,
    /// What the server says of itself.
    info: LocalResource<Option<ServerInfo>>,
) -> impl IntoView {
    let sending = RwSignal::new(Sending::Idle);
    let until = RwSignal::new(Timestamp(0));
    let seconds_left = countdown(until);
    let working = Signal::derive(move || sending.with(|sending| *sending == Sending::Working));

    let send = move |_| {
        let Some(asking) = ask.run(()) else { return };
        sending.set(Sending::Working);
        spawn_local(async move {
            match asking.await {
                Ok((resend_after, sent_to)) => {
                    until.try_set(format::now().plus_seconds(i64::from(resend_after)));
                    sending.try_set(Sending::Sent(sent_to));
                }
                Err(error) => {
                    if let ApiError::Problem(problem) = &error
                        && let Some(seconds) = problem.retry_after
                    {
                        until.try_set(format::now().plus_seconds(i64::from(seconds)));
                    }
                    if let ApiError::Problem(problem) = &error
                        && !problem.errors.is_empty()
                    {
                        errors.fail(error);
                        sending.try_set(Sending::Idle);
                    } else {
                        sending.try_set(Sending::Failed(error));
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
                    Sending::Sent(SentTo::Email(address)) => lang().code_sent_to_email(address),
                    Sending::Sent(SentTo::Mobile(number)) => lang().code_sent_to(number),
                    Sending::Sent(SentTo::Owner) => lang().reset_sent().to_owned(),
                    Sending::Failed(error) => error_text(lang(), &error),
                }}
            </p>
            {move || info.get().flatten().filter(shows_codes).map(|_| view! { <DevelopmentHint /> })}
        </div>
    }
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
