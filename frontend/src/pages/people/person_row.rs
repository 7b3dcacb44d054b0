//! Somebody who works here, with what can be done to them.

use super::People;
use super::leave_dialog::Leaving;
use crate::{
    components::{
        agent_card::{PresenceMark, agent_picture},
        shell::account_menu::role_name,
    },
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{AvatarSize, Icon, IconButton, focus_instead},
};
use leptos::{prelude::*, task::spawn_local};
use types::agents::Agent;
use types::id::AgentId;
use types::people::SetAgentDisabled;

/// A row of the list.
#[component]
pub fn PersonRow(
    /// Who.
    id: AgentId,
    /// What is done on the page.
    people: People,
) -> impl IntoView {
    let agent = Memo::new(move |_| people.agents.get(id));
    move || agent.get().map(|agent| row(agent, people))
}

fn row(agent: Agent, people: People) -> impl IntoView {
    let (id, role, presence, disabled) = (agent.id, agent.role, agent.presence, agent.disabled);
    let is_me = people.me == Some(id);
    let name = agent.name.clone();
    let has_second_factor = agent.second_factor == Some(true);
    let level = agent.settings.as_ref().map_or(1, |settings| settings.level);
    let reached = agent.account.clone().unwrap_or_default();
    let agent = StoredValue::new(agent);
    let named =
        move |words: fn(crate::i18n::Lang, &str) -> String| agent.with_value(|agent| words(lang(), &agent.name));
    let groups = move || agent.with_value(|agent| people.group_names(agent)).join("、");
    let edit = move |_| {
        agent.with_value(|agent| people.draft.of_agent(agent));
        people.editing.set(true);
    };
    let enable = move || {
        let api = people.api();
        spawn_local(async move {
            match api.set_agent_disabled(id, &SetAgentDisabled { disabled: false, heir_id: None }).await {
                Ok(enabled) => {
                    people.toasts.success(lang_now().people_enabled(&enabled.name));
                    people.agents.put(enabled);
                    focus_instead(&["#content"]);
                }
                Err(error) => people.toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    view! {
        <li class="person" class:person--disabled=disabled data-agent=id.to_string()>
            {agent_picture(id, name.clone(), AvatarSize::Medium)}
            <div class="person__text">
                <p class="person__name">
                    <span>{name}</span>
                    {is_me.then(|| view! { <span class="person__badge">{t!(people_you)}</span> })}
                    {disabled.then(|| view! { <span class="person__badge person__badge--off">{t!(agent_disabled)}</span> })}
                </p>
                <p class="person__facts">
                    <span>{reached}</span>
                    <span>{move || role_name(role)}</span>
                    <span>{move || lang().people_level_of(level)}</span>
                    {move || Some(groups()).filter(|names| !names.is_empty()).map(|names| view! { <span>{names}</span> })}
                </p>
            </div>
            {(!disabled).then(|| view! { <PresenceMark presence /> })}
            <div class="person__tools">
                <IconButton
                    icon=Icon::Pencil
                    label=move || named(|lang, name| lang.people_edit(name))
                    on:click=edit
                />
                {(!is_me && !disabled).then(|| view! {
                    <IconButton
                        icon=Icon::Eye
                        label=move || named(|lang, name| lang.people_view_as(name))
                        on:click=move |_| people.view_as(id)
                    />
                })}
                {(!is_me && has_second_factor).then(|| view! {
                    <IconButton
                        icon=Icon::Lock
                        label=move || named(|lang, name| lang.people_second_factor(name))
                        on:click=move |_| people.unlocking.set(Some(agent.get_value()))
                    />
                })}
                {(!is_me).then(|| view! {
                    <IconButton
                        icon=if disabled { Icon::Play } else { Icon::Pause }
                        label=move || if disabled {
                            named(|lang, name| lang.people_enable(name))
                        } else {
                            named(|lang, name| lang.people_disable(name))
                        }
                        on:click=move |_| {
                            if disabled {
                                enable();
                            } else {
                                people.leaving.set(Some(Leaving::Disabled(agent.get_value())));
                            }
                        }
                    />
                    <IconButton
                        icon=Icon::Trash
                        label=move || named(|lang, name| lang.people_remove(name))
                        on:click=move |_| people.leaving.set(Some(Leaving::Removed(agent.get_value())))
                    />
                })}
            </div>
        </li>
    }
}
