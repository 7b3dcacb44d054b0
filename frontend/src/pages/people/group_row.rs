//! A group of agents with everything that can be done to it.

use super::People;
use super::groups::{name_error, words};
use crate::{
    i18n::{Lang, lang, t},
    ui::{Button, ButtonSize, ButtonVariant, Dialog, Icon, IconButton, TextField, focus_instead, is_composing},
};
use client::rest::ApiError;
use leptos::{ev, prelude::*, task::spawn_local};
use types::error::ErrorCode;
use types::id::{AgentGroupId, AgentId};
use types::people::{AgentGroup, AgentGroupPatch};

/// A group.
#[component]
pub fn GroupRow(
    /// Which.
    id: AgentGroupId,
    /// What is done on the page.
    people: People,
) -> impl IntoView {
    let group =
        Memo::new(move |_| people.groups.with(|groups| groups.iter().flatten().find(|group| group.id == id).cloned()));
    let name = Memo::new(move |_| group.with(|group| group.as_ref().map(|one| one.name.clone()).unwrap_or_default()));
    let place = Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |one| one.position)));
    let count = move || group.with(|group| group.as_ref().map_or(0, |one| one.agent_ids.len()));
    let is_first = Memo::new(move |_| place.get() == 0);
    let is_last = Memo::new(move |_| {
        usize::from(place.get()).saturating_add(1) >= people.groups.with(|groups| groups.iter().flatten().count())
    });
    let (renaming, filling, deleting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let named = move |words: fn(Lang, &str) -> String| name.with(|name| words(lang(), name));
    let step = move |to: u16| change(people, id, AgentGroupPatch { position: Some(to), ..AgentGroupPatch::default() });
    view! {
        <li class="people__group">
            <Show
                when=move || !renaming.get()
                fallback=move || view! { <RenameForm id is=name.get_untracked() renaming people /> }
            >
                <span class="people__group-name">{move || name.get()}</span>
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost
                    attr:aria-label=move || named(|lang, name| lang.agent_group_members(name))
                    on:click=move |_| filling.set(true)
                >
                    {move || lang().agent_group_count(count())}
                </Button>
                <span class="people__group-tools">
                    <IconButton
                        icon=Icon::ArrowUp
                        label=move || named(|lang, name| lang.agent_group_up(name))
                        disabled=is_first
                        on:click=move |_| step(place.get_untracked().saturating_sub(1))
                    />
                    <IconButton
                        icon=Icon::ArrowDown
                        label=move || named(|lang, name| lang.agent_group_down(name))
                        disabled=is_last
                        on:click=move |_| step(place.get_untracked().saturating_add(1))
                    />
                    <IconButton
                        icon=Icon::Pencil
                        label=move || named(|lang, name| lang.agent_group_rename(name))
                        on:click=move |_| renaming.set(true)
                    />
                    <IconButton
                        icon=Icon::Trash
                        label=move || named(|lang, name| lang.agent_group_delete(name))
                        on:click=move |_| deleting.set(true)
                    />
                </span>
            </Show>
            <Dialog
                open=filling
                title=move || named(|lang, name| lang.agent_group_members(name))
                close_label=t!(close)
            >
                {move || group.get_untracked().map(|group| view! { <MembersForm group filling people /> })}
            </Dialog>
            <Dialog
                open=deleting
                title=move || named(|lang, name| lang.agent_group_delete_question(name))
                close_label=t!(close)
            >
                <p class="dialog__text">{t!(agent_group_delete_explained)}</p>
                <div class="dialog__actions">
                    <Button on:click=move |_| deleting.set(false)>{t!(cancel)}</Button>
                    <Button variant=ButtonVariant::Danger on:click=move |_| {
                        deleting.set(false);
                        delete(people, id);
                    }>{t!(delete)}</Button>
                </div>
            </Dialog>
        </li>
    }
}

/// Changes a group, and shows them all as they are then.
fn change(people: People, id: AgentGroupId, patch: AgentGroupPatch) {
    let api = people.api();
    spawn_local(async move {
        if let Err(error) = api.update_agent_group(id, &patch).await {
            people.toasts.error(words(&error));
        }
        people.load_groups();
    });
}

fn delete(people: People, id: AgentGroupId) {
    let api = people.api();
    spawn_local(async move {
        match api.delete_agent_group(id).await {
            // Somebody else was faster.
            Err(error) if error.code() != Some(ErrorCode::NotFound) => people.toasts.error(words(&error)),
            _ => {
                people.groups.try_update(|groups| groups.get_or_insert_default().retain(|group| group.id != id));
                focus_instead(&["#content"]);
            }
        }
        people.load_groups();
    });
}

/// Gives a group another name, in its place. Esc leaves it as it was.
#[component]
fn RenameForm(id: AgentGroupId, is: String, renaming: RwSignal<bool>, people: People) -> impl IntoView {
    let (name, error) = (RwSignal::new(is.clone()), RwSignal::new(None::<String>));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let wanted = name.with_untracked(|name| name.trim().to_owned());
        error.set(name_error(&wanted));
        if error.with_untracked(Option::is_some) {
            return;
        }
        renaming.set(false);
        if wanted != is {
            change(people, id, AgentGroupPatch { name: Some(wanted), ..AgentGroupPatch::default() });
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            event.stop_propagation();
            renaming.set(false);
        }
    };
    view! {
        <form class="people__rename" novalidate on:submit=submit on:keydown=on_key>
            <TextField label=t!(agent_group_name) value=name error name="agent_group_name" autofocus=true />
            <Button on:click=move |_| renaming.set(false)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Primary submit=true>{t!(save)}</Button>
        </form>
    }
}

/// Who is in a group.
#[component]
fn MembersForm(group: AgentGroup, filling: RwSignal<bool>, people: People) -> impl IntoView {
    let id = group.id;
    let chosen = RwSignal::new(group.agent_ids);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let toggle = move |agent: AgentId, is_in: bool| {
        chosen.update(|chosen| {
            chosen.retain(|other| *other != agent);
            if is_in {
                chosen.push(agent);
            }
        });
    };
    let save = move |_| {
        busy.set(true);
        let patch = AgentGroupPatch { agent_ids: Some(chosen.get_untracked()), ..AgentGroupPatch::default() };
        let api = people.api();
        spawn_local(async move {
            let saved = api.update_agent_group(id, &patch).await;
            busy.try_set(false);
            match saved {
                Ok(_) => {
                    filling.try_set(false);
                    people.load_groups();
                    people.agents.refresh();
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    view! {
        <div class="people-form__groups people-form__groups--long">
            {move || people.agents.everybody().into_iter().map(|agent| view! {
                <label class="checkbox__row">
                    <input
                        class="checkbox__input"
                        type="checkbox"
                        prop:checked=move || chosen.with(|chosen| chosen.contains(&agent.id))
                        on:change:target=move |event| toggle(agent.id, event.target().checked())
                    />
                    <span class="checkbox__label">{agent.name}</span>
                </label>
            }).collect_view()}
        </div>
        {move || failed.get().map(|error| view! { <p class="form-error" role="alert">{words(&error)}</p> })}
        <div class="dialog__actions">
            <Button on:click=move |_| filling.set(false)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Primary busy on:click=save>{t!(save)}</Button>
        </div>
    }
}
