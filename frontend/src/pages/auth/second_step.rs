//! The second step of signing in: a code of the authenticator app, or a recovery code.

use crate::{
    api::public_api,
    components::form::{FormError, FormErrors},
    i18n::t,
    stores::session::use_session,
    ui::{Button, ButtonSize, ButtonVariant, InputKind, TextField},
};
use client::rest::ApiError;
use leptos::{html, prelude::*, task::spawn_local};
use types::{error::FieldCode, second_factor::FinishLogin, validate::Validate};

/// The field of the token, which no form shows.
const TOKEN: &str = "second_factor_token";

/// Asks for the code.
#[component]
pub fn SecondStep(
    /// What the first step has given.
    token: String,
    /// Goes back to the password; with `true` because it took too long.
    back: Callback<bool>,
) -> impl IntoView {
    let session = use_session();
    let form = NodeRef::<html::Form>::new();
    let code = RwSignal::new(String::new());
    let by_recovery = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // However it was copied: the server does without spaces and hyphens.
        let request = FinishLogin { second_factor_token: token.clone(), code: code.get_untracked().trim().to_owned() };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match public_api().finish_login(&request).await {
                Ok(signed_in) => session.begin(signed_in),
                Err(error) if is_over(&error) => {
                    back.try_run(true);
                }
                Err(error) => {
                    errors.fail(error);
                    busy.try_set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };
    let switch = move |_| {
        code.set(String::new());
        errors.check_all(Vec::new());
        by_recovery.update(|by_recovery| *by_recovery = !*by_recovery);
    };
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit aria-label=t!(second_factor)>
            {move || {
                if by_recovery.get() {
                    view! {
                        <TextField
                            label=t!(recovery_code)
                            value=code
                            error=errors.of_named("code", "recovery_code")
                            hint=t!(recovery_code_hint)
                            name="code"
                            required=true
                            autofocus=true
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <TextField
                            label=t!(second_factor_code)
                            value=code
                            error=errors.of_named("code", "second_factor")
                            hint=t!(second_factor_code_hint)
                            kind=InputKind::Digits
                            name="code"
                            autocomplete="one-time-code"
                            required=true
                            autofocus=true
                        />
                    }
                        .into_any()
                }
            }}
            <FormError errors />
            <Button variant=ButtonVariant::Primary size=ButtonSize::Large block=true submit=true busy>
                {t!(sign_in)}
            </Button>
            <Button variant=ButtonVariant::Ghost block=true on:click=switch>
                {move || {
                    let lang = crate::i18n::lang();
                    if by_recovery.get() { lang.use_app_code() } else { lang.use_recovery_code() }
                }}
            </Button>
            <Button variant=ButtonVariant::Ghost block=true on:click=move |_| back.run(false)>
                {t!(back_to_sign_in)}
            </Button>
        </form>
    }
}

/// Whether the password has to be given again.
fn is_over(error: &ApiError) -> bool {
    match error {
        ApiError::Problem(problem) => {
            problem.errors.iter().any(|error| error.field == TOKEN && error.code == FieldCode::Expired)
        }
        _ => false,
    }
}
