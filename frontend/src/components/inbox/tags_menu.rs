//! Which tag the contacts of the list have: the menu above the list, once there are tags.

use crate::components::tag_chip::TagDot;
use crate::i18n::{lang, t};
use crate::routes;
use crate::stores::tags::use_tags;
use crate::ui::{Icon, IconView, Menu, MenuItem, MenuSeparator};
use client::state::View;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use types::id::{ConversationId, TagId};
use types::tags::{Tag, TagGroup};

/// The tags as a menu; what is chosen is in the address.
#[component]
pub fn TagsMenu(
    /// The chosen list.
    view: Memo<View>,
    /// The open conversation stays open.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    let tags = use_tags();
    let navigate = use_navigate();
    let chosen = Memo::new(move |_| view.get().tag);
    let name = Memo::new(move |_| {
        let tag = chosen.get()?;
        Some(tags.get(tag).map_or_else(|| lang().tag_gone().to_owned(), |tag| tag.name))
    });
    let is_shown = Memo::new(move |_| chosen.get().is_some() || tags.are_there());
    let choose = Callback::new(move |tag: Option<TagId>| {
        let view = View { tag, ..view.get_untracked() };
        navigate(&routes::inbox(open.get_untracked(), view), NavigateOptions::default());
    });
    view! {
        <Show when=move || is_shown.get()>
            <span class="list-menu list-menu--tags" class:list-menu--chosen=move || chosen.get().is_some()>
                <Menu
                    label=move || name.get().map_or_else(|| lang().tags().to_owned(), |name| lang().tag_chosen(&name))
                    trigger_class="list-menu__trigger"
                    placement="menu--end"
                    trigger=Box::new(move || view! {
                        <IconView icon=Icon::Tag size=16 />
                        {move || name.get().map(|name| view! { <span class="list-menu__name">{name}</span> })}
                    }.into_any())
                >
                    <TagItems chosen choose />
                </Menu>
            </span>
        </Show>
    }
}

/// Any tag, and each of them.
#[component]
pub fn TagItems(
    /// The chosen one.
    chosen: Memo<Option<TagId>>,
    /// Chooses another one, or any.
    choose: Callback<Option<TagId>>,
) -> impl IntoView {
    let tags = use_tags();
    let groups = Memo::new(move |_| {
        let mut groups = tags.groups();
        groups.retain(|group| !group.tags.is_empty());
        groups
    });
    view! {
        <MenuItem chosen=Signal::derive(move || chosen.get().is_none()) on:click=move |_| choose.run(None)>
            {t!(tag_any)}
        </MenuItem>
        <For each=move || groups.get() key=|group| (group.id, group.version) let(group)>
            <GroupItems group chosen choose />
        </For>
    }
}

#[component]
fn GroupItems(group: TagGroup, chosen: Memo<Option<TagId>>, choose: Callback<Option<TagId>>) -> impl IntoView {
    let TagGroup { name, tags, .. } = group;
    view! {
        <MenuSeparator label=move || name.clone() />
        {tags
            .into_iter()
            .map(|Tag { id, name, color }| {
                view! {
                    <MenuItem
                        chosen=Signal::derive(move || chosen.get() == Some(id))
                        on:click=move |_| choose.run(Some(id))
                    >
                        <TagDot color />
                        <span class="list-menu__name">{name}</span>
                    </MenuItem>
                }
            })
            .collect_view()}
    }
}
