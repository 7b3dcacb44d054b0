//! The groups of agents: added, renamed, ordered, filled and deleted.

use super::People;
use super::group_row::GroupRow;
use crate::{
    i18n::{
        errors::{error_text, field_text},
        lang_now, t,
    },
    ui::{Button, EmptyState, ErrorState, Icon, Skeleton, TextField},
};
use client::rest::ApiError;
use leptos::{ev, prelude::*, task::spawn_local};
use types::limits::{AGENT_GROUP_NAME_MAX, AGENT_GROUPS_MAX};
use types::people::CreateAgentGroup;
use types::validate;

/// What is wrong with a group's name, in words.
pub fn name_error(name: &str) -> Option<String> {
    let fault = validate::line(name, 1, AGENT_GROUP_NAME_MAX).err()?;
    Some(field_text(lang_now(), &fault.of("agent_group_name")))
}

/// What went wrong with a group, in words; the name at fault is the group's.
pub fn words(error: &ApiError) -> String {
    let mut error = error.clone();
    if let ApiError::Problem(problem) = &mut error {
        for fault in &mut problem.errors {
            if fault.field == "name" {
                "agent_group_name".clone_into(&mut fault.field);
            }
        }
    }
    error_text(lang_now(), &error)
}

/// The card.
#[component]
pub fn GroupsCard(
    /// What is done on the page.
    people: People,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        people.groups.with(|groups| groups.iter().flatten().map(|group| group.id).collect::<Vec<_>>())
    });
    let (name, error, busy) = (RwSignal::new(String::new()), RwSignal::new(None::<String>), RwSignal::new(false));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        error.set(name_error(&name.get_untracked()));
        if busy.get_untracked() || error.with_untracked(Option::is_some) {
            return;
        }
        busy.set(true);
        let request = CreateAgentGroup { name: name.get_untracked().trim().to_owned() };
        spawn_local(async move {
            let added = people.api().create_agent_group(&request).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match added {
                Ok(group) => {
                    people.groups.update(|groups| groups.get_or_insert_default().push(group));
                    name.set(String::new());
                    people.load_groups();
                }
                Err(problem) => error.set(Some(words(&problem))),
            }
        });
    };
    // A form that is open in the list stays when the list comes again.
    let is_coming = Memo::new(move |_| people.groups.with(Option::is_none));
    let has_failed = Memo::new(move |_| is_coming.get() && people.groups_failed.get());
    let list = move || match (is_coming.get(), has_failed.get()) {
        (true, true) => view! {
            <ErrorState
                message=t!(agent_groups_failed)
                retry_label=t!(retry)
                on_retry=Callback::new(move |()| people.load_groups())
            />
        }
        .into_any(),
        (true, false) => view! { <Skeleton lines=2 /> }.into_any(),
        (false, _) => view! {
            <ul class="people__groups" aria-label=t!(agent_groups)>
                <For each=move || ids.get() key=|id| *id let(id)>
                    <GroupRow id people />
                </For>
            </ul>
            <Show when=move || ids.with(Vec::is_empty)>
                <EmptyState icon=Icon::User title=t!(people_no_groups_yet) hint=t!(agent_groups_hint) />
            </Show>
            <Show when=move || ids.with(Vec::len) < AGENT_GROUPS_MAX>
                <form class="people__add-group" novalidate on:submit=submit>
                    <TextField label=t!(agent_group_name) value=name error name="agent_group_name" />
                    <Button submit=true busy>{t!(agent_group_add)}</Button>
                </form>
            </Show>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-label=t!(agent_groups)>
            <div class="card__head">
                <h2 class="card__title">{t!(agent_groups)}</h2>
                <p class="card__text">{t!(agent_groups_hint)}</p>
            </div>
            {list}
        </section>
    }
}
