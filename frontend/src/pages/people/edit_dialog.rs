//! The form about somebody: to add, or to edit.

use super::draft::About;
use super::{People, picture};
use crate::{
    components::{
        form::{FormError, FormErrors},
        setup::random_password,
    },
    i18n::{lang, lang_now, t},
    routes,
    ui::{
        Button, ButtonSize, ButtonVariant, CopyField, CopyLabels, Dialog, InputKind, RevealLabels, Select, Switch,
        TextField,
    },
};
use leptos::{html, prelude::*};
use types::agents::{Agent, Role};
use types::id::AgentGroupId;
use types::limits;
use types::people::SetAgentPassword;
use types::validate::{self, Fault, Validate};

/// The levels, as the list of choices has them.
const LEVELS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// The window with the form.
#[component]
pub fn EditDialog(
    /// What is done on the page; `editing` opens it.
    people: People,
) -> impl IntoView {
    let draft = people.draft;
    let title = move || match draft.about.get() {
        About::Agent(id) => lang().people_edit(&people.agents.name(id)),
        About::New | About::Nobody => lang().people_add().to_owned(),
    };
    view! {
        <Dialog
            open=people.editing
            title
            close_label=t!(close)
            wide=true
            // The password of whoever was added is shown once.
            on_close=Callback::new(move |()| draft.details.set(String::new()))
        >
            {move || if draft.details.with(String::is_empty) { form(people).into_any() } else { added(people).into_any() }}
        </Dialog>
    }
}

fn added(people: People) -> impl IntoView {
    let draft = people.draft;
    view! {
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
        <div class="dialog__actions">
            <Button on:click=move |_| draft.of_somebody_new()>{t!(people_more)}</Button>
            <Button variant=ButtonVariant::Primary on:click=move |_| people.editing.set(false)>{t!(close)}</Button>
        </div>
    }
}

/// Whoever was added: what to send them, in the language of the moment.
fn take_added(people: People, agent: Agent, password: &str) {
    let account = agent.account.clone().unwrap_or_default();
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}?account={account}", routes::LOGIN);
    people.draft.done();
    people.draft.details.set(lang_now().setup_details(&address, &account, password));
    people.agents.put(agent);
}

fn form(people: People) -> impl IntoView {
    let draft = people.draft;
    let about = draft.about.get_untracked();
    let is_new = !matches!(about, About::Agent(_));
    let is_me = matches!(about, About::Agent(id) if people.me == Some(id));
    let form = NodeRef::<html::Form>::new();
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let known = match about {
            About::Agent(id) => untrack(|| people.agents.get(id)),
            About::New | About::Nobody => None,
        };
        match known {
            Some(now) => save(people, now, errors, form, busy),
            None => add(people, errors, form, busy),
        }
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
        <form class="form people-form" node_ref=form novalidate on:submit=submit>
            {picture::picture(people, about)}
            <div class="form__pair">
                <TextField
                    label=t!(name)
                    value=draft.name
                    error=errors.of_named("name", "person.name")
                    name="name"
                    required=true
                    autofocus=true
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
            {(!is_me).then(|| view! {
                <TextField
                    label=move || if is_new { lang().first_password() } else { lang().people_new_password() }
                    value=draft.password
                    error=errors.of("password")
                    hint=move || if is_new { lang().password_note() } else { lang().people_new_password_note() }
                    kind=InputKind::Password
                    reveal=RevealLabels { show: t!(show_password).into(), hide: t!(hide_password).into() }
                    name="password"
                    autocomplete="new-password"
                    required=is_new
                    on_leave=Callback::new(move |()| {
                        let typed = draft.password.get_untracked();
                        let fine = typed.is_empty() && !is_new;
                        errors.check("password", if fine { Ok(()) } else { validate::password(&typed) });
                    })
                >
                    <Button size=ButtonSize::Small variant=ButtonVariant::Ghost on:click=generate>{t!(make_password)}</Button>
                </TextField>
            })}
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
            {if is_me {
                view! { <p class="field__note">{t!(people_own_role)}</p> }.into_any()
            } else {
                view! {
                    <Show when=move || !draft.is_admin.get()>
                        <Select
                            label=t!(role)
                            choices=vec![
                                (Role::Agent.as_str(), t!(setup_role_agent).into()),
                                (Role::Supervisor.as_str(), t!(setup_role_supervisor).into()),
                            ]
                            value=Signal::derive(move || {
                                if draft.supervises.get() { Role::Supervisor.as_str() } else { Role::Agent.as_str() }
                            })
                            on_choose=Callback::new(move |role: String| {
                                draft.supervises.set(role == Role::Supervisor.as_str());
                            })
                        />
                    </Show>
                    <Switch label=t!(people_make_admin) note=t!(people_make_admin_note) checked=draft.is_admin />
                }
                .into_any()
            }}
            <div class="form__pair">
                <Select
                    label=t!(people_level)
                    choices=LEVELS.into_iter().map(|level| (level, (move || level.to_owned()).into())).collect()
                    value=Signal::derive(move || {
                        let place = usize::from(draft.level.get().saturating_sub(1));
                        LEVELS.get(place).copied().unwrap_or("1")
                    })
                    on_choose=Callback::new(move |level: String| draft.level.set(level.parse().unwrap_or(1)))
                />
                <TextField
                    label=t!(people_capacity)
                    value=draft.capacity
                    error=errors.of("settings.capacity")
                    hint=t!(people_capacity_note)
                    kind=InputKind::Digits
                    name="settings.capacity"
                />
            </div>
            <p class="field__note">{t!(people_level_note)}</p>
            // An admin may do all of it anyway.
            <Switch
                label=t!(people_sees_details)
                note=t!(people_sees_details_note)
                checked=draft.sees_details
                disabled=draft.is_admin
            />
            <Switch
                label=t!(people_edits_quick)
                note=t!(people_edits_quick_note)
                checked=draft.edits_quick
                disabled=draft.is_admin
            />
            <Switch
                label=t!(people_edits_automatic)
                note=t!(people_edits_automatic_note)
                checked=draft.edits_automatic
                disabled=draft.is_admin
            />
            {groups(people)}
            <FormError errors />
            <div class="dialog__actions">
                <Button on:click=move |_| {
                    draft.done();
                    people.editing.set(false);
                }>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(save)}</Button>
            </div>
        </form>
    }
}

/// The groups to be in.
fn groups(people: People) -> impl IntoView {
    let chosen = people.draft.group_ids;
    let toggle = move |id: AgentGroupId, is_in: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if is_in {
                chosen.push(id);
            }
        });
    };
    let all = move || people.groups.get().unwrap_or_default();
    view! {
        <fieldset class="people-form__groups">
            <legend class="field__label">{t!(people_groups)}</legend>
            {move || if all().is_empty() {
                view! { <p class="field__note">{t!(people_no_groups)}</p> }.into_any()
            } else {
                all()
                    .into_iter()
                    .map(|group| view! {
                        <label class="checkbox__row">
                            <input
                                class="checkbox__input"
                                type="checkbox"
                                prop:checked=move || chosen.with(|chosen| chosen.contains(&group.id))
                                on:change:target=move |event| toggle(group.id, event.target().checked())
                            />
                            <span class="checkbox__label">{group.name}</span>
                        </label>
                    })
                    .collect_view()
                    .into_any()
            }}
        </fieldset>
    }
}

fn add(people: People, errors: FormErrors, form: NodeRef<html::Form>, busy: RwSignal<bool>) {
    let request = people.draft.request();
    if !errors.check_all(request.validate()) {
        FormErrors::show_first(form);
        return;
    }
    let work = async move {
        let added = people.api().create_agent(&request).await?;
        // They are there whatever becomes of the picture.
        let agent = picture::save(people, added.clone()).await.unwrap_or_else(|words| {
            people.toasts.error(words);
            added
        });
        take_added(people, agent, &request.password);
        Ok(())
    };
    errors.carry_out(form, busy, Box::pin(work));
}

fn save(people: People, now: Agent, errors: FormErrors, form: NodeRef<html::Form>, busy: RwSignal<bool>) {
    let patch = people.draft.patch(&now);
    let password = Some(people.draft.password.get_untracked()).filter(|password| !password.is_empty());
    let reset = password.map(|password| SetAgentPassword { password });
    let faults = [patch.validate(), reset.as_ref().map(Validate::validate).unwrap_or_default()].concat();
    if !errors.check_all(faults) {
        FormErrors::show_first(form);
        return;
    }
    let work = async move {
        let api = people.api();
        let agent = api.update_agent(now.id, &patch).await?;
        people.agents.put(agent.clone());
        if let Some(reset) = reset {
            api.set_agent_password(now.id, &reset).await?;
        }
        match picture::save(people, agent.clone()).await {
            Ok(pictured) => people.agents.put(pictured),
            Err(words) => {
                people.toasts.error(words);
                return Ok(());
            }
        }
        people.draft.done();
        people.editing.set(false);
        people.toasts.success(lang_now().people_saved(&agent.name));
        Ok(())
    };
    errors.carry_out(form, busy, Box::pin(work));
}
