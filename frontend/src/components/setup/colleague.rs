//! Inviting a colleague: who is there, a form for one more, and what to send them.

use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        shell::account_menu::role_name,
    },
    i18n::{lang, t},
    routes,
    stores::{agents::use_agents, inbox::Loading},
    ui::{
        Avatar, AvatarSize, Button, ButtonSize, ButtonVariant, CopyField, CopyLabels, ErrorState, InputKind,
        RevealLabels, Select, Skeleton, TextField,
    },
};
use leptos::{html, prelude::*};
use types::{
    agents::{Agent, CreateAgent, Role},
    limits,
    people::AgentSettings,
    validate::{self, Fault, Validate},
};

/// What stands in the form, and what to send to whoever was added last. `Copy`.
#[derive(Clone, Copy)]
pub(super) struct ColleagueDraft {
    name: RwSignal<String>,
    account: RwSignal<String>,
    password: RwSignal<String>,
    /// Whether they see every conversation.
    supervises: RwSignal<bool>,
    email: RwSignal<String>,
    mobile: RwSignal<String>,
    /// The name of whoever was added last; empty when nobody was.
    added: RwSignal<String>,
    /// What to send them. The password is nowhere else, and here not for long.
    details: RwSignal<String>,
}

impl ColleagueDraft {
    pub(super) fn blank() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            name: text(),
            account: text(),
            password: text(),
            supervises: RwSignal::new(false),
            email: text(),
            mobile: text(),
            added: text(),
            details: text(),
        }
    }

    /// The password of whoever was added is shown once.
    pub(super) fn forget(self) {
        self.details.set(String::new());
        self.added.set(String::new());
    }

    fn clear(self) {
        for field in [self.name, self.account, self.password, self.email, self.mobile] {
            field.set(String::new());
        }
        self.supervises.set(false);
    }

    fn request(self) -> CreateAgent {
        let text = |field: RwSignal<String>| field.with_untracked(|text| text.trim().to_owned());
        let given = |field| Some(text(field)).filter(|text| !text.is_empty());
        CreateAgent {
            name: text(self.name),
            account: text(self.account),
            password: self.password.get_untracked(),
            role: if self.supervises.get_untracked() { Role::Supervisor } else { Role::Agent },
            email: given(self.email),
            mobile: given(self.mobile),
            settings: AgentSettings::default(),
        }
    }

    /// Takes whoever was added: what to send them, in the language of the moment.
    fn take(self, added: Agent, password: &str) {
        let account = added.account.unwrap_or_default();
        let origin = window().location().origin().unwrap_or_default();
        let address = format!("{origin}{}?account={account}", routes::LOGIN);
        let details = untrack(|| lang().setup_details(&address, &account, password));
        self.clear();
        self.details.set(details);
        self.added.set(added.name);
    }
}

/// Somebody else who answers.
pub(super) fn colleague(draft: ColleagueDraft) -> AnyView {
    view! {
        {present()}
        {move || if draft.added.with(String::is_empty) { form(draft) } else { added(draft) }}
    }
    .into_any()
}

/// Who works here, as they are now: the step before may have changed one's own name.
fn present() -> AnyView {
    let agents = use_agents();
    agents.refresh();
    let entry = |agent: Agent| {
        view! {
            <li class="setup__agent">
                <Avatar name=agent.name.clone() seed=agent.id.to_string() size=AvatarSize::Small />
                <span class="setup__agent-name">{agent.name}</span>
                <span class="setup__agent-role">{move || role_name(agent.role)}</span>
            </li>
        }
    };
    let list = move || match agents.loading() {
        Loading::Pending => view! { <Skeleton lines=2 /> }.into_any(),
        Loading::Failed | Loading::Missing => view! {
            <ErrorState
                message=t!(agents_failed)
                retry_label=t!(retry)
                on_retry=Callback::new(move |()| agents.refresh())
            />
        }
        .into_any(),
        Loading::Ready => view! {
            <ul class="setup__agents" aria-label=t!(setup_colleagues)>
                {agents.list().into_iter().map(entry).collect_view()}
            </ul>
        }
        .into_any(),
    };
    list.into_any()
}

fn added(draft: ColleagueDraft) -> AnyView {
    view! {
        <p role="status">{move || draft.added.with(|name| lang().setup_colleague_added(name))}</p>
        <CopyField
            label=t!(setup_sign_in_details)
            hint=t!(setup_sign_in_details_note)
            text=draft.details
            labels=CopyLabels {
                copy: t!(setup_copy_details).into(),
                copied: t!(copied).into(),
                failed: t!(copy_failed).into(),
            }
            rows=3
        />
        <div class="form__actions">
            <Button on:click=move |_| draft.forget()>{t!(setup_colleague_more)}</Button>
        </div>
    }
    .into_any()
}

fn form(draft: ColleagueDraft) -> AnyView {
    let (api, agents) = (use_api(), use_agents());
    let form = NodeRef::<html::Form>::new();
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = draft.request();
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            let agent = api.create_agent(&request).await?;
            agents.put(agent.clone());
            draft.take(agent, &request.password);
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    let check = move |field: &'static str, text: RwSignal<String>, check: fn(&str) -> Result<(), Fault>| {
        Callback::new(move |()| errors.check(field, text.with_untracked(|text| check(text.trim()))))
    };
    let generate = move |_| {
        if let Some(made) = random_password() {
            draft.password.set(made);
            errors.check("password", Ok(()));
        }
    };
    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <div class="form__pair">
                <TextField
                    label=t!(name)
                    value=draft.name
                    error=errors.of_named("name", "person.name")
                    name="name"
                    required=true
                    on_leave=check("name", draft.name, |text| validate::line(text, 1, limits::PERSON_NAME_MAX))
                />
                <TextField
                    label=t!(account)
                    value=draft.account
                    error=errors.of("account")
                    hint=t!(account_note)
                    name="account"
                    required=true
                    on_leave=check("account", draft.account, validate::account)
                />
            </div>
            <TextField
                label=t!(first_password)
                value=draft.password
                error=errors.of("password")
                hint=t!(password_note)
                kind=InputKind::Password
                reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                name="password"
                autocomplete="new-password"
                required=true
                on_leave=check("password", draft.password, validate::password)
            >
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost on:click=generate>{t!(make_password)}</Button>
            </TextField>
            <Select
                label=t!(role)
                choices=vec![
                    (Role::Agent.as_str(), t!(setup_role_agent).into()),
                    (Role::Supervisor.as_str(), t!(setup_role_supervisor).into()),
                ]
                value=Signal::derive(move || {
                    if draft.supervises.get() { Role::Supervisor.as_str() } else { Role::Agent.as_str() }
                })
                on_choose=Callback::new(move |role: String| draft.supervises.set(role == Role::Supervisor.as_str()))
            />
            <div class="form__pair">
                <TextField
                    label=t!(mobile)
                    value=draft.mobile
                    error=errors.of("mobile")
                    kind=InputKind::Digits
                    lead="+86"
                    placeholder=t!(optional)
                    name="mobile"
                    on_leave=check("mobile", draft.mobile, |text| if text.is_empty() { Ok(()) } else { validate::mobile(text) })
                />
                <TextField
                    label=t!(email)
                    value=draft.email
                    error=errors.of("email")
                    kind=InputKind::Email
                    placeholder=t!(optional)
                    name="email"
                    on_leave=check("email", draft.email, |text| if text.is_empty() { Ok(()) } else { validate::email(text) })
                />
            </div>
            <FormError errors />
            <div class="form__actions">
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(setup_colleague_add)}</Button>
            </div>
        </form>
    }
    .into_any()
}

/// Letters and digits of which none is taken for another, 32 of them: 60 bits of chance.
const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password that nobody guesses; nothing where the browser makes none.
pub fn random_password() -> Option<String> {
    let mut random = [0_u8; 12];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    random.iter().map(|byte| SIGNS.get(usize::from(byte % 32)).map(|sign| char::from(*sign))).collect()
}
