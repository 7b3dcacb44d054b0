//! Login: account, password, login state, agreements.

use super::{layout::AuthLayout, second_step::SecondStep};
use crate::ui::effect;
use crate::{
    api::public_api,
    components::form::{FormError, FormErrors},
    i18n::t,
    routes,
    stores::{
        proof,
        session::{Standing, safe_return, use_session},
        title::set_page_title,
    },
    ui::{
        Button, ButtonSize, ButtonVariant, Checkbox, Choice, Icon, IconView, InputKind, RadioGroup, RevealLabels,
        TextField,
    },
};
use client::rest::LoginStep;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_navigate, use_query_map},
};
use types::{
    agents::LoginState,
    auth::Login,
    error::ErrorCode,
    legal::LegalPage,
    limits,
    second_factor::SecondFactorNeeded,
    validate::{self, Validate},
};

/// Login. Who is signed in already goes on to where they wanted to be.
#[component]
pub fn LoginPage() -> impl IntoView {
    set_page_title(t!(sign_in));
    let session = use_session();
    let query = use_query_map();
    let navigate = use_navigate();
    effect(move || {
        if session.standing() == Standing::SignedIn {
            let wanted = query.with_untracked(|query| query.get("return"));
            let target = wanted.as_deref().and_then(safe_return).unwrap_or(routes::INBOX);
            navigate(target, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    let has = |name| query.with_untracked(|query| query.get(name).is_some());
    let (registered, reset) = (has("registered"), has("reset"));
    // Beside the form, which makes room for the second step.
    let account = RwSignal::new(query.with_untracked(|query| query.get("account").unwrap_or_default()));
    let second_step = RwSignal::new(None::<SecondFactorNeeded>);
    let over = RwSignal::new(false);
    view! {
        <AuthLayout title=t!(sign_in_title) hint=t!(sign_in_hint)>
            {registered
                .then(|| {
                    view! {
                        <p class="auth__note" role="status">
                            <IconView icon=Icon::CheckCircle size=18 />
                            <span>
                                <strong>{t!(registered_title)}</strong>
                                " "
                                {t!(registered_hint)}
                            </span>
                        </p>
                    }
                })}
            {reset
                .then(|| {
                    view! {
                        <p class="auth__note" role="status">
                            <IconView icon=Icon::CheckCircle size=18 />
                            <span>{t!(reset_done)}</span>
                        </p>
                    }
                })}
            <Show when=move || over.get()>
                <p class="auth__note auth__note--warning" role="status">
                    <IconView icon=Icon::Clock size=18 />
                    <span>{t!(second_step_over)}</span>
                </p>
            </Show>
            <Show when=move || query.with(|query| query.get("ended").is_some())>
                <p class="auth__note auth__note--warning" role="status">
                    <IconView icon=Icon::Clock size=18 />
                    <span>{t!(session_over)}</span>
                </p>
            </Show>
            {move || match second_step.get() {
                None => view! { <LoginForm account second_step over /> }.into_any(),
                Some(needed) => {
                    let back = Callback::new(move |ended| {
                        over.set(ended);
                        second_step.set(None);
                    });
                    view! { <SecondStep token=needed.second_factor_token back /> }.into_any()
                }
            }}
            <p class="auth__switch">
                {t!(no_account_yet)} " " <A href=routes::REGISTER>{t!(sign_up)}</A>
            </p>
        </AuthLayout>
    }
}

#[component]
fn LoginForm(
    account: RwSignal<String>,
    second_step: RwSignal<Option<SecondFactorNeeded>>,
    over: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let form = NodeRef::<html::Form>::new();
    let has_account = account.with_untracked(|account| !account.is_empty());
    let password = RwSignal::new(String::new());
    let login_state = RwSignal::new(LoginState::Normal);
    let accepted = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let mut request = Login {
            account: account.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            login_state: login_state.get_untracked(),
            agreements_accepted: accepted.get_untracked(),
            proof: None,
        };
        if !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let mut answer = public_api().login(&request).await;
            // After several wrong passwords a puzzle is to be solved, which is done here and needs nobody.
            if answer.as_ref().is_err_and(|error| error.code() == Some(ErrorCode::ProofRequired)) {
                answer = match proof::for_form().await {
                    Ok(proof) => {
                        request.proof = Some(proof);
                        public_api().login(&request).await
                    }
                    Err(error) => Err(error),
                };
            }
            match answer {
                Ok(LoginStep::SignedIn(signed_in)) => session.begin(*signed_in),
                Ok(LoginStep::SecondFactor(needed)) => {
                    over.try_set(false);
                    second_step.try_set(Some(needed));
                }
                Err(error) => {
                    errors.fail(error);
                    busy.set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };
    effect(move || {
        if accepted.get() {
            errors.check("agreements_accepted", Ok(()));
        }
    });

    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(account)
                value=account
                error=errors.of("account")
                name="account"
                autocomplete="username"
                required=true
                autofocus=!has_account
                on_leave=Callback::new(move |()| {
                    errors.check("account", validate::length(account.get_untracked().trim(), 1, limits::ACCOUNT_MAX));
                })
            />
            <TextField
                label=t!(password)
                value=password
                error=errors.of("password")
                kind=InputKind::Password
                reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                name="password"
                autocomplete="current-password"
                required=true
                autofocus=has_account
                on_leave=Callback::new(move |()| {
                    errors.check("password", validate::length(&password.get_untracked(), 1, limits::PASSWORD_MAX));
                })
            />
            <p class="auth__forgot">
                <A href=routes::FORGOT_PASSWORD>{t!(forgot_password_question)}</A>
            </p>
            <RadioGroup
                legend=t!(login_state)
                value=login_state
                on_choose=Callback::new(move |state| login_state.set(state))
                choices=vec![
                    Choice::new(LoginState::Normal, t!(login_state_normal)).noted(t!(login_state_normal_hint)),
                    Choice::new(LoginState::Suspended, t!(login_state_suspended)).noted(t!(login_state_suspended_hint)),
                ]
            />
            <Checkbox checked=accepted name="agreements_accepted" error=errors.of("agreements_accepted")>
                {t!(have_read)}
                <a href=routes::legal(LegalPage::ServiceAgreement) target="_blank" rel="noopener">
                    {t!(service_agreement)}
                </a>
                {t!(list_and)}
                <a href=routes::legal(LegalPage::PrivacyPolicy) target="_blank" rel="noopener">
                    {t!(privacy_policy)}
                </a>
            </Checkbox>
            <FormError errors />
            <Button variant=ButtonVariant::Primary size=ButtonSize::Large block=true submit=true busy>
                {t!(sign_in)}
            </Button>
        </form>
    }
}
