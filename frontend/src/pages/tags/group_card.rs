//! A group of tags with everything that can be done to it.

use super::delete_dialog::Doomed;
use super::name_form::{AddForm, Adding, RenameForm};
use super::row_tools::RowTools;
use super::tag_row::TagRow;
use super::{Dragged, Managing, after_step, place_of};
use crate::{
    i18n::{lang, t},
    ui::{Switch, effect},
};
use leptos::{ev, prelude::*, task::spawn_local};
use types::id::TagGroupId;
use types::limits::TAGS_MAX;
use types::tags::{CreateTag, TagColor, TagGroup, TagGroupPatch};

/// A group.
#[component]
pub fn GroupCard(
    /// Which.
    id: TagGroupId,
    /// All groups.
    groups: Memo<Vec<TagGroup>>,
    /// What is done on the page.
    managing: Managing,
) -> impl IntoView {
    let group = Memo::new(move |_| groups.with(|groups| groups.iter().find(|group| group.id == id).cloned()));
    let name = Memo::new(move |_| group.with(|group| group.as_ref().map(|one| one.name.clone()).unwrap_or_default()));
    let place = Memo::new(move |_| groups.with(|groups| groups.iter().position(|group| group.id == id)));
    let tag_ids = Memo::new(move |_| {
        group.with(|group| group.iter().flat_map(|group| &group.tags).map(|tag| tag.id).collect::<Vec<_>>())
    });
    let tag_names = Signal::derive(move || {
        group.with(|group| group.iter().flat_map(|group| &group.tags).map(|tag| tag.name.clone()).collect())
    });
    let other_groups = Signal::derive(move || {
        groups.with(|groups| {
            groups.iter().filter(|group| group.id != id).map(|group| group.name.clone()).collect::<Vec<_>>()
        })
    });
    let is_full = Memo::new(move |_| tag_ids.with(Vec::len) >= TAGS_MAX);
    let renaming = RwSignal::new(false);
    let row = format!("[data-group=\"{id}\"]");
    let renamed = row.clone();
    let step = Callback::new(move |(to, then): (usize, &'static str)| {
        let patch = TagGroupPatch { place: place_of(to), ..TagGroupPatch::default() };
        managing.change_group(id, patch, after_step(&row, then));
    });
    let done = Callback::new(move |wanted: Option<String>| {
        renaming.set(false);
        match wanted {
            Some(_) => {
                let patch = TagGroupPatch { name: wanted, ..TagGroupPatch::default() };
                managing.change_group(id, patch, after_step(&renamed, "rename"));
            }
            None => super::focus(after_step(&renamed, "rename")),
        }
    });
    let add = Callback::new(move |name: String| {
        let api = managing.tags.api();
        // Neighbours differ.
        let count = tag_ids.with_untracked(Vec::len);
        let color = TagColor::ALL.get(count % TagColor::ALL.len()).copied().unwrap_or_default();
        let adding: Adding = Box::pin(async move { api.create_tag(id, &CreateTag { name, color }).await });
        adding
    });
    let over = move |event: ev::DragEvent| {
        if matches!(managing.dragged.get_untracked(), Some(Dragged::Group(dragged)) if dragged != id) {
            event.prevent_default();
        }
    };
    let dropped = move |event: ev::DragEvent| {
        if let (Some(Dragged::Group(dragged)), Some(to)) = (managing.dragged.get_untracked(), place.get_untracked()) {
            event.prevent_default();
            managing.dragged.set(None);
            let patch = TagGroupPatch { place: place_of(to), ..TagGroupPatch::default() };
            managing.change_group(dragged, patch, Vec::new());
        }
    };
    let doom = Callback::new(move |()| {
        if let Some(group) = group.get_untracked() {
            managing.doomed.set(Some(Doomed::Group(group)));
        }
    });
    view! {
        <li class="card tag-group" data-group=id.to_string() on:dragover=over on:drop=dropped>
            <Show
                when=move || !renaming.get()
                fallback=move || view! {
                    <RenameForm
                        label=t!(tag_group_name)
                        field="tag_group_name"
                        is=name.get_untracked()
                        others=other_groups
                        done
                    />
                }
            >
                <div
                    class="tag-group__head"
                    draggable="true"
                    title=t!(tag_drag)
                    on:dragstart=move |event| {
                        begin_drag(&event);
                        managing.dragged.set(Some(Dragged::Group(id)));
                    }
                    on:dragend=move |_| managing.dragged.set(None)
                >
                    <h2 class="card__title tag-group__name">{move || name.get()}</h2>
                    <span class="tag-group__tools">
                        <RowTools
                            name
                            place
                            count=move || groups.with(Vec::len)
                            step
                            rename_label=|name| lang().tag_group_rename(name)
                            renaming
                            delete_label=|name| lang().tag_group_delete(name)
                            doom
                        />
                    </span>
                </div>
            </Show>
            <SingleSwitch id group managing />
            <ul class="tag-group__tags" aria-label=move || name.get()>
                <For each=move || tag_ids.get() key=|id| *id let(tag_id)>
                    <TagRow id=tag_id group managing />
                </For>
            </ul>
            <Show when=move || !is_full.get()>
                <AddForm
                    label=t!(tag_new(&name.get()))
                    field="tag_name"
                    action=t!(tag_add)
                    others=tag_names
                    add
                    managing
                />
            </Show>
        </li>
    }
}

/// What a browser wants to be told before it drags anything.
pub fn begin_drag(event: &ev::DragEvent) {
    event.stop_propagation();
    if let Some(data) = event.data_transfer() {
        // It fails only after the drag has begun.
        drop(data.set_data("text/plain", ""));
    }
}

/// Whether a contact has at most one of its tags.
#[component]
fn SingleSwitch(id: TagGroupId, group: Memo<Option<TagGroup>>, managing: Managing) -> impl IntoView {
    let is = Memo::new(move |_| group.with(|group| group.as_ref().is_some_and(|group| group.single_choice)));
    let checked = RwSignal::new(is.get_untracked());
    let busy = RwSignal::new(false);
    effect(move || checked.set(is.get()));
    effect(move || {
        let wanted = checked.get();
        if wanted == is.get_untracked() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = managing.set_single(id, wanted).await;
            busy.try_set(false);
            if !done {
                checked.try_set(!wanted);
            }
        });
    });
    view! { <Switch label=t!(tag_group_single) note=t!(tag_group_single_note) checked disabled=busy /> }
}
