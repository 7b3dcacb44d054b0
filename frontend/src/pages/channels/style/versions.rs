//! The published styles of a channel: looked at, taken into the editor, published anew.

use super::{device::Device, page::Editor, state::State};
use crate::{
    api::use_api,
    components::form::ErrorPlace,
    i18n::{errors::error_text, format, lang, t},
    stores::live::use_channels,
    ui::{Button, ButtonSize, Dialog, ErrorState, Skeleton, effect, use_toasts},
};
use leptos::{prelude::*, task::spawn_local};
use types::channel_style::{ChannelStyle, SetStyleVersion, StyleVersion};

#[derive(Clone, PartialEq)]
enum Read {
    Pending,
    Failed,
    Versions(Vec<StyleVersion>),
}

/// The window with the versions.
#[component]
pub fn Versions(
    /// What is edited.
    editor: Editor,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// In which state they are shown.
    state: RwSignal<State>,
    /// The channel's name.
    name: Signal<String>,
) -> impl IntoView {
    let api = StoredValue::new_local(use_api());
    let (channels, toasts) = (use_channels(), use_toasts());
    let read = RwSignal::new(Read::Pending);
    let chosen = RwSignal::new(0_usize);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let load = Callback::new(move |()| {
        let Some(api) = api.try_get_value() else { return };
        read.set(Read::Pending);
        chosen.set(0);
        wrong.set(None);
        spawn_local(async move {
            let versions = api.list_style_versions(editor.channel_id).await;
            read.try_set(versions.map_or(Read::Failed, |versions| Read::Versions(versions.items)));
        });
    });
    effect(move || {
        if open.get() {
            load.run(());
        }
    });
    let version = Memo::new(move |_| {
        read.with(|read| match read {
            Read::Versions(versions) => versions.get(chosen.get()).cloned(),
            Read::Pending | Read::Failed => None,
        })
    });
    let shown = Signal::derive(move || version.get().map_or_else(ChannelStyle::default, |version| version.style));
    let take = move |_| {
        if let Some(version) = version.get_untracked() {
            editor.replace(version.style);
            open.set(false);
        }
    };
    let restore = move |_| {
        let (Some(version), Some(api)) = (version.get_untracked(), api.try_get_value()) else { return };
        busy.set(true);
        wrong.set(None);
        spawn_local(async move {
            match api.set_style_version(editor.channel_id, &SetStyleVersion { revision: version.revision }).await {
                Ok(channel) => {
                    editor.published(&channel, true);
                    channels.put(channel);
                    toasts.success(lang().style_restored(version.revision));
                    open.try_set(false);
                }
                Err(error) => {
                    wrong.try_set(Some(error_text(lang(), &error)));
                }
            }
            busy.try_set(false);
        });
    };
    let rows = move |versions: Vec<StyleVersion>| {
        versions
            .into_iter()
            .enumerate()
            .map(|(index, version)| {
                let StyleVersion { revision, publisher_name, restored_from, published_at, .. } = version;
                let about = move || {
                    let mut about = vec![format::date_time(published_at)];
                    if !publisher_name.is_empty() {
                        about.push(publisher_name.clone());
                    }
                    about.extend(restored_from.map(|from| lang().style_restored_from(from)));
                    if index == 0 {
                        about.push(lang().style_current().to_owned());
                    }
                    about.join(" · ")
                };
                view! {
                    <li>
                        <button
                            type="button"
                            class="style-versions__row"
                            aria-pressed=move || if chosen.get() == index { "true" } else { "false" }
                            on:click=move |_| chosen.set(index)
                        >
                            <strong>{move || lang().style_version(revision)}</strong>
                            <span>{about}</span>
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <Dialog open title=t!(style_versions) close_label=t!(close) wide=true>
            {move || match read.get() {
                Read::Pending => view! { <Skeleton lines=4 /> }.into_any(),
                Read::Failed => {
                    view! { <ErrorState message=t!(style_versions_failed) retry_label=t!(retry) on_retry=load /> }
                        .into_any()
                }
                Read::Versions(versions) => {
                    view! {
                        <div class="style-versions">
                            <ul class="style-versions__list">{rows(versions)}</ul>
                            <div class="style-versions__look">
                                <Device style=shown state name dark=false />
                                <ErrorPlace text=wrong />
                                <div class="form__actions">
                                    <Button
                                        busy
                                        disabled=Signal::derive(move || chosen.get() == 0)
                                        size=ButtonSize::Small
                                        on:click=restore
                                    >
                                        {t!(style_restore)}
                                    </Button>
                                    <Button size=ButtonSize::Small on:click=take>
                                        {t!(style_take)}
                                    </Button>
                                </div>
                            </div>
                        </div>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}
