//! The files that are on their way to a conversation, above the composer.

use crate::i18n::{lang, t};
use crate::stores::uploads::{Guess, Progress, Upload, failure_text, use_uploads};
use crate::ui::{Icon, IconButton, IconView, focus_conversation, focus_instead};
use client::files::size_text;
use leptos::prelude::*;
use types::id::{ConversationId, Nonce};

/// The files on their way to a conversation; nothing while there are none.
#[component]
pub fn UploadTray(
    /// The conversation.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let uploads = use_uploads();
    let nonces = Memo::new(move |_| uploads.of(id.get()).into_iter().map(|upload| upload.nonce).collect::<Vec<_>>());
    view! {
        <Show when=move || nonces.with(|nonces| !nonces.is_empty())>
            <ul class="upload-tray" aria-label=t!(uploads)>
                <For each=move || nonces.get() key=|nonce| *nonce let(nonce)>
                    <Item nonce />
                </For>
            </ul>
        </Show>
    }
}

/// The button that was pressed is gone: the next file's has the focus, or whatever one goes on with.
fn focus_next() {
    focus_instead(&[".upload-tray button"]);
    focus_conversation();
}

#[component]
fn Item(nonce: Nonce) -> impl IntoView {
    let uploads = use_uploads();
    let upload = Memo::new(move |_| uploads.get(nonce));
    let Some(first) = upload.get_untracked() else { return ().into_any() };
    let Upload { name, bytes, guess, picture, .. } = first;
    let name = StoredValue::new(name);
    let progress = Memo::new(move |_| upload.with(|upload| upload.as_ref().map(|upload| upload.progress.clone())));
    let percent = move || match progress.get() {
        Some(Progress::Sending(percent)) => percent,
        Some(Progress::Finishing) => 100,
        _ => 0,
    };
    let held = move || progress.with(|progress| *progress == Some(Progress::Held));
    let failed = move || matches!(progress.get(), Some(Progress::Failed(_)));
    let standing = move || match progress.get() {
        Some(Progress::Held) => lang().upload_held().to_owned(),
        Some(Progress::Waiting) => lang().upload_waiting().to_owned(),
        Some(Progress::Sending(percent)) => lang().upload_percent(percent),
        Some(Progress::Finishing) => lang().upload_finishing().to_owned(),
        Some(Progress::Failed(failure)) => failure_text(failure),
        None => String::new(),
    };
    let icon = match guess {
        Guess::Image => Icon::Image,
        Guess::Video => Icon::Video,
        Guess::File => Icon::File,
    };
    view! {
        <li class="upload-tray__item" class:upload-tray__item--failed=failed class:upload-tray__item--held=held>
            <span class="upload-tray__picture">
                {match picture {
                    Some(picture) => view! { <img src=picture alt="" /> }.into_any(),
                    None => view! { <IconView icon /> }.into_any(),
                }}
            </span>
            <span class="upload-tray__facts">
                <span class="upload-tray__name">{name.get_value()}</span>
                <span class="upload-tray__standing" role=move || failed().then_some("alert")>
                    {size_text(bytes)} " · " {standing}
                </span>
                <span
                    class="upload-tray__bar"
                    role="progressbar"
                    aria-label=move || name.get_value()
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=move || percent().to_string()
                >
                    <span class="upload-tray__done" style:width=move || format!("{}%", percent())></span>
                </span>
            </span>
            <Show when=failed>
                <IconButton
                    small=true
                    icon=Icon::Refresh
                    label=move || lang().upload_retry(&name.get_value())
                    on:click=move |_| {
                        uploads.retry(nonce);
                        focus_next();
                    }
                />
            </Show>
            <IconButton
                small=true
                icon=Icon::Close
                label=move || name.with_value(|name| if held() { lang().upload_remove(name) } else { lang().upload_cancel(name) })
                on:click=move |_| {
                    uploads.cancel(nonce);
                    focus_next();
                }
            />
        </li>
    }
    .into_any()
}
