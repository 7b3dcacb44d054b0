//! The form that makes a token, and its secret, once.

use super::Tokens;
use super::scopes::{ScopesField, reading};
use crate::{
    components::form::{FormError, FormErrors},
    i18n::{format, lang, t},
    pages::tags::focus,
    stores::session::use_session,
    ui::{Button, ButtonVariant, CopyField, CopyLabels, Dialog, Icon, IconView, Select, TextField},
};
use leptos::{html, prelude::*};
use types::api_tokens::{CreateApiToken, Scope};
use types::id::AgentId;
use types::limits::API_TOKEN_NAME_MAX;
use types::validate::{self, Validate};

/// How many days a token is good, as the list of choices has them; none is for good.
const DAYS: [&str; 4] = ["30", "90", "365", ""];

/// The form's fields. They stay when the window is closed by mistake. `Copy`.
#[derive(Clone, Copy)]
pub struct Draft {
    name: RwSignal<String>,
    agent: RwSignal<Option<AgentId>>,
    scopes: RwSignal<Vec<Scope>>,
    days: RwSignal<&'static str>,
    /// It is on its way, even where the window was closed meanwhile.
    busy: RwSignal<bool>,
    /// The secret of the token that was made last, until the person says that they have it.
    secret: RwSignal<String>,
}

impl Draft {
    /// As the form begins.
    pub fn blank() -> Self {
        let draft = Self {
            name: RwSignal::new(String::new()),
            agent: RwSignal::new(None),
            scopes: RwSignal::new(Vec::new()),
            days: RwSignal::new("90"),
            busy: RwSignal::new(false),
            secret: RwSignal::new(String::new()),
        };
        draft.begin(use_session().me_now().map(|me| me.id));
        draft
    }

    /// Forgets what was typed.
    fn begin(self, me: Option<AgentId>) {
        self.name.set(String::new());
        self.agent.set(me);
        self.scopes.set(reading());
        self.days.set("90");
    }
}

/// The window with the form.
#[component]
pub fn CreateDialog(
    /// What is done on the page; `creating` opens it.
    tokens: Tokens,
) -> impl IntoView {
    let secret = tokens.draft.secret;
    let has_secret = Memo::new(move |_| secret.with(|secret| !secret.is_empty()));
    view! {
        <Dialog
            open=tokens.creating
            title=t!(api_token_add)
            close_label=t!(close)
            wide=true
            // It is shown once.
            locked=has_secret
            on_close=Callback::new(move |()| secret.set(String::new()))
        >
            {move || if has_secret.get() {
                view! { <Made tokens /> }.into_any()
            } else {
                view! { <Form tokens /> }.into_any()
            }}
        </Dialog>
    }
}

#[component]
fn Made(tokens: Tokens) -> impl IntoView {
    // The button that had the focus has gone with the form.
    focus(vec![".dialog[open] .copy-field__text".to_owned()]);
    view! {
        <p class="api-token-form__warning" role="status">
            <IconView icon=Icon::Alert size=18 />
            <span>{t!(api_token_once)}</span>
        </p>
        <CopyField
            label=t!(api_token_secret)
            hint=t!(api_token_secret_note)
            text=tokens.draft.secret
            labels=CopyLabels {
                copy: t!(api_token_copy).into(),
                copied: t!(copied).into(),
                failed: t!(copy_failed).into(),
            }
        />
        <div class="dialog__actions">
            <Button variant=ButtonVariant::Primary on:click=move |_| tokens.creating.set(false)>
                {t!(api_token_kept)}
            </Button>
        </div>
    }
}

#[component]
fn Form(tokens: Tokens) -> impl IntoView {
    let me = use_session().me_now().map(|me| me.id);
    let draft = tokens.draft;
    let Draft { name, agent, scopes, days, busy, .. } = draft;
    let (form, errors) = (NodeRef::<html::Form>::new(), FormErrors::none());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let days = days.get_untracked().parse().ok();
        let request = CreateApiToken {
            name: name.get_untracked().trim().to_owned(),
            agent_id: agent.get_untracked(),
            // In their order, whichever was chosen first.
            scopes: scopes
                .with_untracked(|scopes| Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect()),
            expires_at: days.map(|days: i64| format::now().plus_seconds(days.saturating_mul(86_400))),
        };
        if !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let work = async move {
            let created = tokens.api().create_api_token(&request).await?;
            if draft.secret.is_disposed() {
                // The page is not there any more.
                return Ok(());
            }
            draft.begin(me);
            draft.secret.try_set(created.secret);
            // Who closed the window meanwhile sees it all the same: it is shown only now.
            tokens.creating.try_set(true);
            // Its event brings it as well.
            tokens.items.try_update(|items| {
                let items = items.get_or_insert_default();
                items.retain(|token| token.id != created.token.id);
                items.insert(0, created.token);
            });
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <form class="form api-token-form" node_ref=form novalidate on:submit=submit>
            <TextField
                label=t!(api_token_name)
                value=name
                error=errors.of_named("name", "api_token_name")
                hint=t!(api_token_name_note)
                name="api_token_name"
                required=true
                autofocus=true
                on_leave=Callback::new(move |()| {
                    errors.check("name", name.with_untracked(|name| validate::line(name.trim(), 1, API_TOKEN_NAME_MAX)));
                })
            />
            <div class="form__pair">
                <AgentField tokens agent error=errors.of("agent_id") />
                <Select
                    label=t!(api_token_expiry)
                    choices=DAYS
                        .into_iter()
                        .map(|days| (days, (move || expiry(days)).into()))
                        .collect()
                    value=days
                    on_choose=Callback::new(move |chosen: String| {
                        days.set(DAYS.into_iter().find(|days| *days == chosen).unwrap_or_default());
                    })
                />
            </div>
            <ScopesField chosen=scopes error=errors.of("scopes") />
            <FormError errors />
            <div class="dialog__actions">
                <Button on:click=move |_| {
                    draft.begin(me);
                    tokens.creating.set(false);
                }>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Primary submit=true busy>{t!(api_token_make)}</Button>
            </div>
        </form>
    }
}

fn expiry(days: &str) -> String {
    days.parse().map_or_else(|_| lang().api_token_never().to_owned(), |days: i64| lang().days_from_now(days))
}

/// Whom the token acts as.
#[component]
fn AgentField(tokens: Tokens, agent: RwSignal<Option<AgentId>>, error: Signal<Option<String>>) -> impl IntoView {
    let choices = move || {
        let all = tokens.agents.list().into_iter().map(move |one| {
            view! {
                <option value=one.id.to_string() prop:selected=move || agent.get() == Some(one.id)>
                    {one.name.clone()}
                </option>
            }
        });
        all.collect_view()
    };
    view! {
        <div class="field" class:field--error=move || error.with(Option::is_some)>
            <label class="field__label" for="api-token-agent">{t!(api_token_agent)}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id="api-token-agent"
                    aria-describedby="api-token-agent-note"
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    on:change:target=move |event| agent.set(event.target().value().parse().ok())
                >
                    {choices}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
            <p class="field__note" id="api-token-agent-note">
                {move || error.get().unwrap_or_else(|| lang().api_token_agent_note().to_owned())}
            </p>
        </div>
    }
}
