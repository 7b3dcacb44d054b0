//! Asks before somebody is disabled or removed, and to whom what they have is handed on.

use super::People;
use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, Icon, IconView, Skeleton, effect, focus_instead},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::agents::Agent;
use types::error::ErrorCode;
use types::id::AgentId;
use types::people::SetAgentDisabled;

/// What is to become of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// They cannot sign in for a while.
    Disabled(Agent),
    /// They are gone for good.
    Removed(Agent),
}

impl Leaving {
    fn agent(&self) -> &Agent {
        match self {
            Self::Disabled(agent) | Self::Removed(agent) => agent,
        }
    }
}

/// The question.
#[component]
pub fn LeaveDialog(
    /// What is done on the page; `leaving` is what is asked about.
    people: People,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The title stays while the dialog closes.
    let asked = RwSignal::new(None::<Leaving>);
    effect(move || {
        if let Some(leaving) = people.leaving.get() {
            asked.set(Some(leaving));
            open.set(true);
        }
    });
    let title = move || {
        asked.with(|asked| match asked {
            Some(Leaving::Disabled(agent)) => lang().people_disable_question(&agent.name),
            Some(Leaving::Removed(agent)) => lang().people_remove_question(&agent.name),
            None => String::new(),
        })
    };
    view! {
        <Dialog open title close_label=t!(close) on_close=Callback::new(move |()| people.leaving.set(None))>
            {move || asked.get().map(|leaving| view! { <Question leaving open people /> })}
        </Dialog>
    }
}

#[component]
fn Question(leaving: Leaving, open: RwSignal<bool>, people: People) -> impl IntoView {
    let id = leaving.agent().id;
    let removes = matches!(leaving, Leaving::Removed(_));
    let leaving = StoredValue::new(leaving);
    let has = LocalResource::new(move || {
        let api = people.api();
        async move { api.get_agent_contents(id).await }
    });
    let heir = RwSignal::new(None::<AgentId>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let answer = move |_| {
        busy.set(true);
        failed.set(None);
        let (api, heir_id) = (people.api(), heir.get_untracked());
        spawn_local(async move {
            let done = if removes {
                api.remove_agent(id, heir_id).await.map(|()| None)
            } else {
                api.set_agent_disabled(id, &SetAgentDisabled { disabled: true, heir_id }).await.map(Some)
            };
            busy.try_set(false);
            match done {
                Ok(now) => {
                    let name = leaving.with_value(|leaving| leaving.agent().name.clone());
                    match now {
                        Some(agent) => {
                            people.agents.put(agent);
                            people.toasts.success(lang_now().people_disabled(&name));
                        }
                        None => {
                            people.agents.forget(id);
                            people.toasts.success(lang_now().people_removed(&name));
                        }
                    }
                    open.try_set(false);
                    focus_instead(&["#content"]);
                }
                // Somebody else was faster.
                Err(error) if error.code() == Some(ErrorCode::NotFound) => {
                    people.agents.forget(id);
                    open.try_set(false);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let wrong = move |error: ApiError| match error.code() {
        Some(ErrorCode::Conflict) => lang().people_last_admin().to_owned(),
        _ => error_text(lang(), &error),
    };
    view! {
        <div class="dialog__text">
            <p>{move || if removes { lang().people_remove_explained() } else { lang().people_disable_explained() }}</p>
            <div aria-live="polite">
                {move || match has.get() {
                    None => view! { <Skeleton lines=1 /> }.into_any(),
                    Some(Ok(has)) if has.conversations == 0 => view! { <p>{t!(people_hands_nothing)}</p> }.into_any(),
                    Some(Ok(has)) => view! {
                        <p>{move || lang().people_hands_on(has.conversations)}</p>
                        <HeirField id heir people />
                    }
                    .into_any(),
                    Some(Err(error)) => view! { <p class="form-error">{move || error_text(lang(), &error)}</p> }.into_any(),
                }}
                {move || failed.get().map(|error| view! { <p class="form-error">{move || wrong(error.clone())}</p> })}
            </div>
        </div>
        <div class="dialog__actions">
            <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Danger busy on:click=answer>
                {move || if removes { lang().people_do_remove() } else { lang().people_do_disable() }}
            </Button>
        </div>
    }
}

/// Who gets the conversations: a colleague who can sign in, or nobody.
#[component]
fn HeirField(id: AgentId, heir: RwSignal<Option<AgentId>>, people: People) -> impl IntoView {
    let others = move || people.agents.list().into_iter().filter(move |agent| agent.id != id);
    view! {
        <div class="field">
            <label class="field__label" for="people-heir">{t!(people_heir)}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id="people-heir"
                    on:change:target=move |event| heir.set(event.target().value().parse().ok())
                >
                    <option value="">{t!(people_heir_nobody)}</option>
                    {move || others().map(|agent| view! {
                        <option value=agent.id.to_string() prop:selected=move || heir.get() == Some(agent.id)>
                            {agent.name.clone()}
                        </option>
                    }).collect_view()}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
        </div>
    }
}
