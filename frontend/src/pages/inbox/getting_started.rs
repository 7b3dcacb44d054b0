//! What stands beside a list without conversations: the next step towards the first one.

use crate::components::install::Install;
use crate::i18n::{lang, t};
use crate::routes;
use crate::stores::inbox::Loading;
use crate::stores::live::use_channels;
use crate::stores::session::use_session;
use crate::ui::{Icon, IconView};
use leptos::prelude::*;
use leptos_router::components::A;
use rules::permissions::Permission;
use types::id::ChannelId;

/// A channel to add while there is none, else the code and the link of the chosen channel or of the first.
#[component]
pub fn GettingStarted(
    /// The chosen channel.
    channel: Memo<Option<ChannelId>>,
) -> impl IntoView {
    let channels = use_channels();
    let session = use_session();
    let may_manage = Signal::derive(move || session.may(Permission::ManageChannels));
    let first = Memo::new(move |_| {
        let chosen = channel.get().and_then(|id| channels.get(id));
        chosen.or_else(|| {
            let list = channels.list();
            list.iter().find(|one| one.enabled).or(list.first()).cloned()
        })
    });
    let is_loaded = Memo::new(move |_| channels.loading() == Loading::Ready);
    view! {
        <section class="getting-started" aria-label=t!(conversations)>
            <Show when=move || is_loaded.get()>
                <div class="card getting-started__card">
                    {move || match first.get() {
                        Some(first) => {
                            let name = first.name.clone();
                            view! {
                                <header class="card__head">
                                    <h2 class="card__title">{t!(start_wait)}</h2>
                                    <p class="card__text">{move || lang().start_install(&name)}</p>
                                </header>
                                <Install channel=Signal::stored(first) />
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <header class="card__head">
                                    <h2 class="card__title">{t!(start_title)}</h2>
                                    <p class="card__text">
                                        {move || if may_manage.get() { lang().start_add() } else { lang().channels_read_only() }}
                                    </p>
                                </header>
                                <Show when=move || may_manage.get()>
                                    <div>
                                        <A href=routes::NEW_CHANNEL attr:class="button button--primary button--medium">
                                            <IconView icon=Icon::Plus size=18 />
                                            {t!(add_channel)}
                                        </A>
                                    </div>
                                </Show>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </Show>
        </section>
    }
}
