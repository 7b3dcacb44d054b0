//! The page: on whose sites the chat may stand, and who its visitors are to the company.

use super::{domains::DomainsCard, identity::IdentityCard};
use crate::{
    components::page_head::PageHead,
    i18n::{lang, t},
    routes,
    stores::{inbox::Loading, live::use_channels, session::use_session, title::set_page_title},
    ui::{EmptyState, ErrorState, Icon, IconView, Skeleton},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use rules::permissions::Permission;
use types::{channels::Channel, id::ChannelId};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loading,
    Failed,
    Missing,
    NotAllowed,
    Channel(ChannelId),
}

/// Allowed domains and the identity secret of a channel.
#[component]
pub fn SitesPage() -> impl IntoView {
    let channels = use_channels();
    let session = use_session();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("channel_id")).and_then(|id| id.parse().ok()));
    let shown = Memo::new(move |_| match id.get() {
        Some(id) if channels.get(id).is_some() => {
            if session.may(Permission::ManageChannels) {
                Shown::Channel(id)
            } else {
                Shown::NotAllowed
            }
        }
        Some(_) if channels.loading() == Loading::Pending => Shown::Loading,
        Some(_) if channels.loading() == Loading::Failed => Shown::Failed,
        _ => Shown::Missing,
    });
    set_page_title(move || lang().sites_title().to_owned());
    view! {
        <div class="page">
            {move || match shown.get() {
                Shown::Loading => {
                    view! {
                        <div class="card" aria-busy="true">
                            <Skeleton lines=6 />
                        </div>
                    }
                        .into_any()
                }
                Shown::Failed => {
                    view! {
                        <ErrorState
                            message=t!(channels_failed)
                            retry_label=t!(retry)
                            on_retry=Callback::new(move |()| channels.reload())
                        />
                    }
                        .into_any()
                }
                Shown::Missing => view! { <EmptyState icon=Icon::Globe title=t!(channel_gone) /> }.into_any(),
                Shown::NotAllowed => {
                    view! {
                        <p class="notice">
                            <IconView icon=Icon::Info size=18 />
                            {t!(admins_edit_only)}
                        </p>
                    }
                        .into_any()
                }
                Shown::Channel(id) => {
                    untrack(|| channels.get(id)).map(|channel| view! { <Cards channel /> }).into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Cards(channel: Channel) -> impl IntoView {
    let channels = use_channels();
    let id = channel.id;
    let current = Signal::derive(move || channels.get(id).unwrap_or_else(|| channel.clone()));
    view! {
        <PageHead title=t!(sites_title) hint=move || current.with(|channel| channel.name.clone()) back=true />
        <a class="channel-page__more" href=routes::channel(id)>
            <IconView icon=Icon::ArrowLeft size=16 />
            {t!(sites_back)}
        </a>
        <div class="channel-sites">
            <DomainsCard id />
            <IdentityCard channel=current />
        </div>
    }
}
