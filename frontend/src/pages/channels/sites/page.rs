//! The page: on whose sites the chat may stand, and who its visitors are to the company.

use super::{domains::DomainsCard, identity::IdentityCard};
use crate::{
    components::page_head::PageHead,
    i18n::{lang, t},
    pages::channels::frame::ChannelFrame,
    routes,
    stores::{live::use_channels, session::use_session, title::set_page_title},
    ui::{Icon, IconView},
};
use leptos::prelude::*;
use rules::permissions::Permission;
use types::channels::Channel;

/// Allowed domains and the identity secret of a channel.
#[component]
pub fn SitesPage() -> impl IntoView {
    set_page_title(move || lang().sites_title().to_owned());
    view! { <ChannelFrame show=|channel| view! { <Cards channel /> }.into_any() /> }
}

#[component]
fn Cards(channel: Channel) -> impl IntoView {
    let (channels, session) = (use_channels(), use_session());
    let id = channel.id;
    let current = Signal::derive(move || channels.get(id).unwrap_or_else(|| channel.clone()));
    view! {
        <PageHead title=t!(sites_title) hint=move || current.with(|channel| channel.name.clone()) back=true />
        <a class="channel-page__more" href=routes::channel(id)>
            <IconView icon=Icon::ArrowLeft size=16 />
            {t!(sites_back)}
        </a>
        <Show
            when=move || session.may(Permission::ManageChannels)
            fallback=|| view! {
                <p class="notice">
                    <IconView icon=Icon::Info size=18 />
                    {t!(admins_edit_only)}
                </p>
            }
        >
            <div class="channel-sites">
                <DomainsCard id />
                <IdentityCard channel=current />
            </div>
        </Show>
    }
}
