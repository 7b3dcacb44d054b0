//! What a page about one channel shows while its channel is on its way, cannot be read or is not there.

use crate::{
    i18n::t,
    stores::{inbox::Loading, live::use_channels},
    ui::{EmptyState, ErrorState, Icon, Skeleton},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use types::{channels::Channel, id::ChannelId};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Loading,
    Failed,
    Missing,
    Channel(ChannelId),
}

/// The channel that the page's address names, if it names one.
pub fn addressed() -> Memo<Option<ChannelId>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get("channel_id")).and_then(|id| id.parse().ok()))
}

/// A page about the channel that its address names.
#[component]
pub fn ChannelFrame(
    /// What is shown of the channel. It stays while the list of channels is read again, with whatever was typed into it.
    show: fn(Channel) -> AnyView,
) -> impl IntoView {
    let channels = use_channels();
    let id = addressed();
    let shown = Memo::new(move |_| match id.get() {
        Some(id) if channels.get(id).is_some() => Shown::Channel(id),
        Some(_) if channels.loading() == Loading::Pending => Shown::Loading,
        Some(_) if channels.loading() == Loading::Failed => Shown::Failed,
        _ => Shown::Missing,
    });
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
                Shown::Channel(id) => untrack(|| channels.get(id)).map(show).into_any(),
            }}
        </div>
    }
}
