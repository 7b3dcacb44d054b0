//! The tree of channels in the rail, and the [+] below it. What arranges it comes with a part of its own.

use crate::{
    components::part::part,
    i18n::{lang, t},
    pages::parts,
    routes,
    stores::{
        channel_tree::use_tree, inbox::Loading, leave_guard::use_guarded_navigate, live::use_channels,
        session::use_session,
    },
    ui::{CountBadge, Icon, IconView, Menu, MenuItem, Skeleton},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rules::permissions::Permission;
use types::{
    agents::avatar_path,
    channels::Channel,
    id::{AvatarId, ChannelGroupId, ChannelId},
};

/// The channel whose conversations are shown.
pub fn use_channel_in_address() -> Memo<Option<ChannelId>> {
    let location = use_location();
    Memo::new(move |_| {
        let in_inbox = location.pathname.with(|path| path.starts_with(routes::INBOX));
        in_inbox.then(|| location.query.with(|query| query.get("channel")))??.parse().ok()
    })
}

/// The channels in their groups; each leads to its conversations and to its settings.
#[component]
pub fn ChannelTree() -> impl IntoView {
    let (channels, tree, session) = (use_channels(), use_tree(), use_session());
    let may_manage = Signal::derive(move || session.may(Permission::ManageChannels));
    let loading = Memo::new(move |_| channels.loading());
    let is_empty = Memo::new(move |_| {
        loading.get() == Loading::Ready && channels.list().is_empty() && tree.get().groups.is_empty()
    });
    let editing = Memo::new(move |_| tree.editing.get() && may_manage.get() && loading.get() == Loading::Ready);
    view! {
        <section class="channel-tree" aria-labelledby="channel-tree-title">
            <h2 class="channel-tree__title" id="channel-tree-title">{t!(channels)}</h2>
            <Show when=move || loading.get() == Loading::Pending>
                <div class="channel-tree__loading" aria-busy="true">
                    <Skeleton lines=3 />
                </div>
            </Show>
            <Show when=move || loading.get() == Loading::Failed>
                <p class="channel-tree__empty">
                    {t!(channels_failed)} <br />
                    <button type="button" class="link-button" on:click=move |_| channels.reload()>
                        {t!(retry)}
                    </button>
                </p>
            </Show>
            <Show when=move || is_empty.get()>
                <p class="channel-tree__empty">
                    {t!(channels_empty)} <br />
                    {move || if may_manage.get() { t!(channels_empty_hint)() } else { t!(channels_read_only)() }}
                </p>
            </Show>
            <Show when=move || editing.get() fallback=|| view! { <Groups /> }>
                {part(parts::arranger)}
            </Show>
            <Show when=move || may_manage.get() && !editing.get()>
                <AddMenu />
            </Show>
            <Show when=move || may_manage.get() && tree.adding.get()>{part(parts::add_group)}</Show>
        </section>
    }
}

/// The channels of no group, and the groups with theirs.
#[component]
fn Groups() -> impl IntoView {
    let tree = use_tree();
    let shown = Memo::new(move |_| tree.get());
    let loose = Signal::derive(move || shown.with(|tree| tree.channel_ids.clone()));
    let groups =
        move || shown.with(|tree| tree.groups.iter().map(|group| (group.id, group.name.clone())).collect::<Vec<_>>());
    view! {
        <div class="channel-tree__scroll">
            <ChannelList ids=loose />
            <For each=groups key=Clone::clone let(group)>
                {
                    let (id, name) = group;
                    let ids = Signal::derive(move || shown.with(|tree| {
                        tree.groups.iter().find(|group| group.id == id).map(|group| group.channel_ids.clone()).unwrap_or_default()
                    }));
                    view! { <Group id name ids /> }
                }
            </For>
        </div>
    }
}

#[component]
fn Group(id: ChannelGroupId, name: String, ids: Signal<Vec<ChannelId>>) -> impl IntoView {
    let (channels, tree) = (use_channels(), use_tree());
    let open = Memo::new(move |_| !tree.is_folded(id));
    let unread = Signal::derive(move || ids.with(|ids| ids.iter().map(|id| channels.unread(*id)).sum()));
    let (list, label) = (format!("channel-group-{id}"), name.clone());
    view! {
        <section class="channel-tree__group" aria-label=label>
            <button
                type="button"
                class="rail__link channel-tree__fold"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=list.clone()
                on:click=move |_| tree.fold(id)
            >
                <IconView icon=Icon::ChevronDown size=16 />
                <span class="rail__link-text">{name}</span>
                <CountBadge count=unread label=t!(unread_in_words(unread.get())) />
            </button>
            <div id=list>
                <Show when=move || open.get()>
                    <ChannelList ids />
                </Show>
            </div>
        </section>
    }
}

#[component]
fn ChannelList(ids: Signal<Vec<ChannelId>>) -> impl IntoView {
    let channels = use_channels();
    view! {
        <ul class="channel-tree__list">
            // Keyed by what a row shows, so that an edited channel gets a new row and the others stay.
            <For
                each=move || ids.with(|ids| channels.those(ids))
                key=|channel| (channel.id, channel.name.clone(), channel.enabled, channel.avatar_id)
                let(channel)
            >
                <ChannelRow channel />
            </For>
        </ul>
    }
}

/// What a channel looks like: the picture that was chosen, or that of its kind.
pub fn channel_picture(avatar: Option<AvatarId>, size: u16) -> AnyView {
    match avatar {
        Some(id) => view! { <img class="channel-picture" src=avatar_path(id) alt="" draggable="false" width=size height=size /> }.into_any(),
        None => view! { <IconView icon=Icon::Globe size=size /> }.into_any(),
    }
}

#[component]
fn ChannelRow(channel: Channel) -> impl IntoView {
    let channels = use_channels();
    let location = use_location();
    let chosen = use_channel_in_address();
    let Channel { id, name, enabled, avatar_id, .. } = channel;
    let unread = Signal::derive(move || channels.unread(id));
    let settings = routes::channel(id);
    let at_settings = {
        let settings = settings.clone();
        move || (location.pathname.get() == settings).then_some("page")
    };
    let settings_label = {
        let name = name.clone();
        move || lang().channel_settings(&name)
    };
    let tip = settings_label.clone();
    view! {
        <li class="channel-tree__row">
            <a
                class="rail__link"
                href=routes::inbox(None, Some(id))
                aria-current=move || (chosen.get() == Some(id)).then_some("page")
            >
                {channel_picture(avatar_id, 18)}
                <span class="rail__link-text">{name}</span>
                {(!enabled).then(|| view! { <span class="channel-tree__off">{t!(channel_off)}</span> })}
                <CountBadge count=unread label=t!(unread_in_words(unread.get())) />
            </a>
            <a
                class="channel-tree__settings"
                href=settings
                aria-label=settings_label
                aria-current=at_settings
                data-tip=tip
            >
                <IconView icon=Icon::Settings size=16 />
            </a>
        </li>
    }
}

#[component]
fn AddMenu() -> impl IntoView {
    let (navigate, tree) = (use_guarded_navigate(), use_tree());
    view! {
        <Menu
            label=t!(add)
            trigger_class="channel-tree__add"
            placement="menu--up"
            trigger=Box::new(|| {
                view! {
                    <IconView icon=Icon::Plus size=18 />
                    <span>{t!(add)}</span>
                }
                    .into_any()
            })
        >
            <MenuItem on:click=move |_| tree.adding.set(true)>
                <IconView icon=Icon::Plus size=18 />
                {t!(channel_group_add)}
            </MenuItem>
            <MenuItem on:click={
                let navigate = navigate.clone();
                move |_| navigate(routes::NEW_CHANNEL)
            }>
                <IconView icon=Icon::Globe size=18 />
                {t!(add_channel)}
            </MenuItem>
            <MenuItem on:click=move |_| tree.editing.set(true)>
                <IconView icon=Icon::Pencil size=18 />
                {t!(tree_edit)}
            </MenuItem>
        </Menu>
    }
}
