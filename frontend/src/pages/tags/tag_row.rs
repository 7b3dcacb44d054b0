//! A tag with everything that can be done to it.

use super::delete_dialog::Doomed;
use super::group_card::begin_drag;
use super::name_form::RenameForm;
use super::row_tools::RowTools;
use super::{Dragged, Managing, after_step, place_of};
use crate::{
    components::tag_chip::{TagDot, color_name, tag_chip},
    i18n::{lang, t},
    ui::{Menu, MenuItem},
};
use leptos::{ev, prelude::*};
use types::id::TagId;
use types::tags::{TagColor, TagGroup, TagPatch};

/// A tag.
#[component]
pub fn TagRow(
    /// Which.
    id: TagId,
    /// Its group.
    group: Memo<Option<TagGroup>>,
    /// What is done on the page.
    managing: Managing,
) -> impl IntoView {
    let tag = Memo::new(move |_| {
        group.with(|group| group.iter().flat_map(|group| &group.tags).find(|tag| tag.id == id).cloned())
    });
    let name = Memo::new(move |_| tag.with(|tag| tag.as_ref().map(|tag| tag.name.clone()).unwrap_or_default()));
    let color = Memo::new(move |_| tag.with(|tag| tag.as_ref().map(|tag| tag.color).unwrap_or_default()));
    let place = Memo::new(move |_| {
        group.with(|group| group.as_ref().and_then(|group| group.tags.iter().position(|tag| tag.id == id)))
    });
    let count = Signal::derive(move || group.with(|group| group.as_ref().map_or(0, |group| group.tags.len())));
    let others = Signal::derive(move || {
        group.with(|group| {
            let tags = group.iter().flat_map(|group| &group.tags);
            tags.filter(|tag| tag.id != id).map(|tag| tag.name.clone()).collect::<Vec<_>>()
        })
    });
    let renaming = RwSignal::new(false);
    let row = format!("[data-tag=\"{id}\"]");
    let renamed = row.clone();
    let step = Callback::new(move |(to, then): (usize, &'static str)| {
        managing.change_tag(id, TagPatch { place: place_of(to), ..TagPatch::default() }, after_step(&row, then));
    });
    let done = Callback::new(move |wanted: Option<String>| {
        renaming.set(false);
        match wanted {
            Some(_) => {
                managing.change_tag(
                    id,
                    TagPatch { name: wanted, ..TagPatch::default() },
                    after_step(&renamed, "rename"),
                );
            }
            None => super::focus(after_step(&renamed, "rename")),
        }
    });
    let own_group = move || group.with_untracked(|group| group.as_ref().map(|group| group.id));
    let over = move |event: ev::DragEvent| {
        let dragged = managing.dragged.get_untracked();
        if matches!(dragged, Some(Dragged::Tag(of, tag)) if Some(of) == own_group() && tag != id) {
            event.prevent_default();
        }
    };
    let dropped = move |event: ev::DragEvent| {
        if let (Some(Dragged::Tag(of, tag)), Some(to)) = (managing.dragged.get_untracked(), place.get_untracked())
            && Some(of) == own_group()
        {
            event.prevent_default();
            event.stop_propagation();
            managing.dragged.set(None);
            managing.change_tag(tag, TagPatch { place: place_of(to), ..TagPatch::default() }, Vec::new());
        }
    };
    let begin = move |event: ev::DragEvent| {
        begin_drag(&event);
        managing.dragged.set(own_group().map(|group| Dragged::Tag(group, id)));
    };
    let doom = Callback::new(move |()| {
        if let Some(tag) = tag.get_untracked() {
            managing.doomed.set(Some(Doomed::Tag(tag)));
        }
    });
    view! {
        <li
            class="tag-row"
            class:tag-row--dragged=move || matches!(managing.dragged.get(), Some(Dragged::Tag(_, tag)) if tag == id)
            data-tag=id.to_string()
            on:dragover=over
            on:drop=dropped
        >
            <Show
                when=move || !renaming.get()
                fallback=move || view! {
                    <RenameForm label=t!(tag_name) field="tag_name" is=name.get_untracked() others done />
                }
            >
                <ColorMenu id name color managing />
                <span
                    class="tag-row__name"
                    draggable="true"
                    title=t!(tag_drag)
                    on:dragstart=begin
                    on:dragend=move |_| managing.dragged.set(None)
                >
                    {move || tag.get().map(tag_chip)}
                </span>
                <span class="tag-row__tools">
                    <RowTools
                        name
                        place
                        count
                        step
                        rename_label=|name| lang().tag_rename(name)
                        renaming
                        delete_label=|name| lang().tag_delete(name)
                        doom
                    />
                </span>
            </Show>
        </li>
    }
}

/// The eight colours.
#[component]
fn ColorMenu(id: TagId, name: Memo<String>, color: Memo<TagColor>, managing: Managing) -> impl IntoView {
    view! {
        <Menu
            label=move || lang().tag_color(&name.get())
            trigger_class="tag-row__color"
            trigger=Box::new(move || (move || view! { <TagDot color=color.get() /> }).into_any())
        >
            {TagColor::ALL
                .map(|choice| {
                    let choose = move |_| {
                        managing.change_tag(id, TagPatch { color: Some(choice), ..TagPatch::default() }, Vec::new());
                    };
                    view! {
                        <MenuItem chosen=Signal::derive(move || color.get() == choice) on:click=choose>
                            <TagDot color=choice />
                            {move || color_name(lang(), choice)}
                        </MenuItem>
                    }
                })
                .into_iter()
                .collect_view()}
        </Menu>
    }
}
