//! The channels in the rail, and the [+] below them.

use crate::{
    i18n::{lang, t},
    routes,
    stores::{inbox::Loading, leave_guard::use_guarded_navigate, live::use_channels, session::use_session},
    ui::{CountBadge, Icon, IconView, Menu, MenuItem, Skeleton},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rules::permissions::Permission;
use types::{channels::Channel, id::ChannelId};

/// The channel whose conversations are shown.
pub fn use_channel_in_address() -> Memo<Option<ChannelId>> {
    let location = use_location();
    Memo::new(move |_| {
        let in_inbox = location.pathname.with(|path| path.starts_with(routes::INBOX));
        in_inbox.then(|| location.query.with(|query| query.get("channel")))??.parse().ok()
    })
}

/// The channels; each leads to its conversations and to its settings.
#[component]
pub fn ChannelTree() -> impl IntoView {
    let channels = use_channels();
    let session = use_session();
    let may_manage = Signal::derive(move || session.may(Permission::ManageChannels));
    let loading = Memo::new(move |_| channels.loading());
    let is_empty = Memo::new(move |_| loading.get() == Loading::Ready && channels.list().is_empty());
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
            <ul class="channel-tree__list">
                // Keyed by what a row shows, so that an edited channel gets a new row and the others stay.
                <For
                    each=move || channels.list()
                    key=|channel| (channel.id, channel.name.clone(), channel.enabled)
                    let(channel)
                >
                    <ChannelRow channel />
                </For>
            </ul>
            <Show when=move || may_manage.get()>
                <AddMenu />
            </Show>
        </section>
    }
}

#[component]
fn ChannelRow(channel: Channel) -> impl IntoView {
    let channels = use_channels();
    let location = use_location();
    let chosen = use_channel_in_address();
    let Channel { id, name, enabled, .. } = channel;
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
                <IconView icon=Icon::Globe size=18 />
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
    let navigate = use_guarded_navigate();
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
            <MenuItem on:click={
                let navigate = navigate.clone();
                move |_| navigate(routes::NEW_CHANNEL)
            }>
                <IconView icon=Icon::Globe size=18 />
                {t!(add_channel)}
            </MenuItem>
        </Menu>
    }
}
