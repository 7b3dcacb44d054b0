//! Registration of an organisation and its first admin.

use super::{code_field::RegistrationCode, layout::AuthLayout};
use crate::ui::effect;
use crate::{
    api::public_api,
    components::form::{FormError, FormErrors},
    i18n::t,
    routes,
    stores::title::set_page_title,
    ui::{Button, ButtonSize, ButtonVariant, Checkbox, InputKind, RevealLabels, TextField},
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_navigate};
use types::{
    auth::RegisterOrganisation,
    legal::LegalPage,
    limits,
    validate::{self, Fault, Validate},
};

/// Registration; leads to the login with the account filled in.
#[component]
pub fn RegisterPage() -> impl IntoView {
    set_page_title(t!(sign_up));
    view! {
        <AuthLayout title=t!(sign_up_title) hint=t!(sign_up_hint) wide=true>
            <RegisterForm />
            <p class="auth__switch">
                {t!(have_account)} " " <A href=routes::LOGIN>{t!(sign_in)}</A>
            </p>
        </AuthLayout>
    }
}

/// What the person has typed so far.
#[derive(Clone, Copy)]
struct Fields {
    org_name: RwSignal<String>,
    contact_name: RwSignal<String>,
    email: RwSignal<String>,
    account: RwSignal<String>,
    password: RwSignal<String>,
    mobile: RwSignal<String>,
    code: RwSignal<String>,
    accepted: RwSignal<bool>,
}

impl Fields {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            org_name: text(),
            contact_name: text(),
            email: text(),
            account: text(),
            password: text(),
            mobile: text(),
            code: text(),
            accepted: RwSignal::new(false),
        }
    }

    /// As the server wants it: without the spaces that a paste or a phone's keyboard adds.
    fn request(self) -> RegisterOrganisation {
        let trimmed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        RegisterOrganisation {
            org_name: trimmed(self.org_name),
            contact_name: trimmed(self.contact_name),
            email: trimmed(self.email),
            account: trimmed(self.account),
            password: self.password.get_untracked(),
            mobile: trimmed(self.mobile),
            code: trimmed(self.code),
            agreement_accepted: self.accepted.get_untracked(),
        }
    }
}

#[component]
fn RegisterForm() -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let fields = Fields::new();
    let busy = RwSignal::new(false);
    let errors = FormErrors::none();
    let navigate = use_navigate();

    let check = move |name: &'static str, field: RwSignal<String>, rule: fn(&str) -> Result<(), Fault>| {
        Callback::new(move |()| errors.check(name, rule(field.get_untracked().trim())))
    };
    effect(move || {
        if fields.accepted.get() {
            errors.check("agreement_accepted", Ok(()));
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = fields.request();
        if !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            match public_api().register_organisation(&request).await {
                Ok(registered) => {
                    // An account holds only letters, digits, dots, hyphens and underscores: nothing to escape.
                    navigate(
                        &format!("{}?registered=1&account={}", routes::LOGIN, registered.account),
                        Default::default(),
                    );
                }
                Err(error) => {
                    errors.fail(error);
                    busy.set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };

    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <div class="form__pair">
                <TextField
                    label=t!(org_name)
                    value=fields.org_name
                    error=errors.of("org_name")
                    name="org_name"
                    autocomplete="organization"
                    required=true
                    autofocus=true
                    on_leave=check("org_name", fields.org_name, |text| validate::line(text, 1, limits::ORG_NAME_MAX))
                />
                <TextField
                    label=t!(contact_person)
                    value=fields.contact_name
                    error=errors.of("contact_name")
                    name="contact_name"
                    autocomplete="name"
                    required=true
                    on_leave=check(
                        "contact_name",
                        fields.contact_name,
                        |text| validate::line(text, 1, limits::PERSON_NAME_MAX),
                    )
                />
            </div>
            <TextField
                label=t!(email)
                value=fields.email
                error=errors.of("email")
                kind=InputKind::Email
                name="email"
                autocomplete="email"
                required=true
                on_leave=check("email", fields.email, validate::email)
            />
            <div class="form__pair">
                <TextField
                    label=t!(account)
                    value=fields.account
                    error=errors.of("account")
                    hint=t!(account_note)
                    name="account"
                    autocomplete="username"
                    required=true
                    on_leave=check("account", fields.account, validate::account)
                />
                <TextField
                    label=t!(password)
                    value=fields.password
                    error=errors.of("password")
                    hint=t!(password_note)
                    kind=InputKind::Password
                    reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                    name="password"
                    autocomplete="new-password"
                    required=true
                    on_leave=Callback::new(move |()| {
                        errors.check("password", validate::password(&fields.password.get_untracked()));
                    })
                />
            </div>
            <div class="form__pair">
                <TextField
                    label=t!(mobile)
                    value=fields.mobile
                    error=errors.of("mobile")
                    kind=InputKind::Digits
                    name="mobile"
                    autocomplete="tel-national"
                    lead="+86"
                    required=true
                    on_leave=check("mobile", fields.mobile, validate::mobile)
                />
                <RegistrationCode code=fields.code mobile=fields.mobile email=fields.email errors />
            </div>
            <Checkbox checked=fields.accepted name="agreement_accepted" error=errors.of("agreement_accepted")>
                {t!(have_read)}
                <a href=routes::legal(LegalPage::UserAgreement) target="_blank" rel="noopener">
                    {t!(user_agreement)}
                </a>
            </Checkbox>
            <FormError errors />
            <Button variant=ButtonVariant::Primary size=ButtonSize::Large block=true submit=true busy>
                {t!(sign_up)}
            </Button>
        </form>
    }
}
