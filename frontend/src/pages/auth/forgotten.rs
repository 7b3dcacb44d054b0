//! Forgotten password: a code to an address of the account's, and a new password for it.

use super::{
    code_field::{Asking, CodeField, SentTo},
    layout::AuthLayout,
};
use crate::{
    api::public_api,
    components::form::{FormError, FormErrors},
    i18n::t,
    routes,
    stores::{proof, title::set_page_title},
    ui::{Button, ButtonSize, ButtonVariant, Choice, InputKind, RadioGroup, RevealLabels, TextField},
};
use client::rest::ApiError;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};
use types::{
    error::FieldCode,
    limits,
    password_reset::{ResetBy, ResetPassword, SendPasswordResetCode},
    validate::{self, Validate},
};

/// Forgotten password; leads to the login with the account filled in.
#[component]
pub fn ForgottenPage() -> impl IntoView {
    set_page_title(t!(forgot_password));
    view! {
        <AuthLayout title=t!(forgot_password) hint=t!(forgot_password_hint)>
            <ForgottenForm />
            <p class="auth__switch">
                <A href=routes::LOGIN>{t!(back_to_sign_in)}</A>
            </p>
        </AuthLayout>
    }
}

#[component]
fn ForgottenForm() -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let navigate = use_navigate();
    let info = LocalResource::new(|| async { public_api().get_server_info().await.ok() });
    let ways = Memo::new(move |_| info.get().flatten().map(|info| info.password_reset_by).unwrap_or_default());
    let chosen = RwSignal::new(None::<ResetBy>);
    let by = Signal::derive(move || {
        chosen.get().or_else(|| ways.with(|ways| ways.first().copied())).unwrap_or(ResetBy::Mobile)
    });
    let text = || RwSignal::new(String::new());
    let (account, code, password, second_factor) = (text(), text(), text(), text());
    let asks_second_factor = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();
    let check_account = move || validate::length(account.get_untracked().trim(), 1, limits::ACCOUNT_MAX);

    let ask = move |()| -> Option<Asking> {
        let outcome = check_account();
        let ready = outcome.is_ok();
        errors.check("account", outcome);
        let (account, by) = (account.get_untracked().trim().to_owned(), by.get_untracked());
        ready.then(|| -> Asking {
            Box::pin(async move {
                let proof = proof::for_form().await?;
                let request = SendPasswordResetCode { account, by, proof };
                Ok((public_api().send_password_reset_code(&request).await?.resend_after, SentTo::Owner))
            })
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let second_factor = asks_second_factor.get_untracked().then(|| second_factor.get_untracked().trim().to_owned());
        let request = ResetPassword {
            account: account.get_untracked().trim().to_owned(),
            code: code.get_untracked().split_whitespace().collect(),
            new_password: password.get_untracked(),
            second_factor,
        };
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match public_api().reset_password(&request).await {
                // An account holds only letters, digits, dots, hyphens and underscores: nothing to escape.
                Ok(()) => navigate(
                    &format!("{}?reset=1&account={}", routes::LOGIN, request.account),
                    leptos_router::NavigateOptions::default(),
                ),
                Err(error) => {
                    if wants_second_factor(&error) {
                        asks_second_factor.try_set(true);
                    }
                    errors.fail(error);
                    busy.try_set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };
    // Known before the field is there: what the server says of it then belongs to it.
    let second_factor_error = errors.of("second_factor");

    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(account)
                value=account
                error=errors.of("account")
                name="account"
                autocomplete="username"
                required=true
                autofocus=true
                on_leave=Callback::new(move |()| errors.check("account", check_account()))
            />
            <Show when=move || ways.with(|ways| ways.len() > 1)>
                <RadioGroup
                    legend=t!(reset_by)
                    value=by
                    on_choose=Callback::new(move |way| chosen.set(Some(way)))
                    choices=vec![
                        Choice::new(ResetBy::Mobile, t!(reset_by_mobile)),
                        Choice::new(ResetBy::Email, t!(reset_by_email)),
                    ]
                />
            </Show>
            <CodeField code errors ask=Callback::new(ask) info />
            <TextField
                label=t!(new_password)
                value=password
                error=errors.of("new_password")
                hint=t!(password_note)
                kind=InputKind::Password
                reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                name="new_password"
                autocomplete="new-password"
                required=true
                on_leave=Callback::new(move |()| {
                    errors.check("new_password", validate::password(&password.get_untracked()));
                })
            />
            <Show when=move || asks_second_factor.get()>
                <TextField
                    label=t!(second_factor_code)
                    value=second_factor
                    error=second_factor_error
                    hint=t!(second_factor_either_hint)
                    name="second_factor"
                    autocomplete="one-time-code"
                    required=true
                />
            </Show>
            <FormError errors />
            <Button variant=ButtonVariant::Primary size=ButtonSize::Large block=true submit=true busy>
                {t!(reset_submit)}
            </Button>
            <p class="field__hint">{t!(reset_note)}</p>
        </form>
    }
}

/// Whether the account turns out to have a second factor, which only whoever has the code learns.
fn wants_second_factor(error: &ApiError) -> bool {
    match error {
        ApiError::Problem(problem) => {
            problem.errors.iter().any(|error| error.field == "second_factor" && error.code == FieldCode::Required)
        }
        _ => false,
    }
}
