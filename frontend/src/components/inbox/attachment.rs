//! A message's picture, video or file.

use super::lightbox::use_lightbox;
use crate::i18n::{lang, t};
use crate::stores::files::use_files;
use crate::ui::{Icon, IconView};
use client::files::{duration_text, ending, fit, size_text};
use leptos::prelude::*;
use types::attachments::{Attachment, FileAccess};
use types::id::ConversationId;

/// The room that a picture or a video takes at most, in CSS pixels.
const ROOM: (i64, i64) = (320, 320);

/// The access under which a row fetches its file: the first that is known, so that what is shown is not fetched again when a
/// new one comes; another one after a failure.
#[derive(Clone, Copy)]
struct Reached {
    access: RwSignal<Option<FileAccess>>,
    failed: RwSignal<bool>,
}

impl Reached {
    fn new(conversation: ConversationId) -> Self {
        let files = use_files();
        let reached = Self { access: RwSignal::new(None), failed: RwSignal::new(false) };
        Effect::new(move || {
            if reached.access.with(Option::is_none)
                && let Some(known) = files.access(conversation)
            {
                reached.access.set(Some(known));
            }
        });
        reached
    }

    fn address(self, of: impl Fn(&FileAccess) -> String) -> Option<String> {
        self.access.with(|access| access.as_ref().map(of))
    }

    /// It did not come.
    fn lost(self) {
        self.failed.set(true);
    }

    /// Once more, with whatever access there is by now.
    fn again(self) {
        self.access.set(None);
        self.failed.set(false);
    }
}

/// A picture: as large as there is room, and whole when it is pressed.
#[component]
pub fn ImageView(
    /// The file.
    attachment: Attachment,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    let lightbox = use_lightbox();
    let reached = Reached::new(conversation);
    let (width, height) = fit(attachment.width, attachment.height, ROOM);
    let id = attachment.id;
    let name = StoredValue::new(attachment.name.clone());
    let shown = StoredValue::new(attachment);
    let source = move || {
        reached
            .address(|access| shown.with_value(|file| file.preview_path(access).unwrap_or_else(|| file.path(access))))
    };
    view! {
        <button
            type="button"
            class="attachment attachment--picture"
            style:width=format!("{width}px")
            style:aspect-ratio=format!("{width} / {height}")
            aria-label=move || lang().image_called(&name.get_value())
            on:click=move |_| if reached.failed.get_untracked() { reached.again() } else { lightbox.open(id) }
        >
            {move || if reached.failed.get() {
                view! {
                    <span class="attachment__lost">
                        <IconView icon=Icon::Refresh />
                        {t!(picture_failed)}
                    </span>
                }
                .into_any()
            } else {
                source().map(|source| view! {
                    <img
                        class="attachment__picture"
                        src=source
                        alt=""
                        width=width
                        height=height
                        draggable="false"
                        on:error=move |_| reached.lost()
                    />
                })
                .into_any()
            }}
        </button>
    }
}

/// A video that plays in its place; one that this browser cannot play is a file.
#[component]
pub fn VideoView(
    /// The file.
    attachment: Attachment,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    let reached = Reached::new(conversation);
    let (width, height) = fit(attachment.width, attachment.height, ROOM);
    let shown = StoredValue::new(attachment.clone());
    let label = move || lang().video_called(&shown.with_value(|file| file.name.clone()));
    let length = attachment.duration_millis.map(duration_text);
    let playing = RwSignal::new(false);
    view! {
        {move || if reached.failed.get() {
            view! { <FileView attachment=shown.get_value() conversation /> }.into_any()
        } else {
            let length = length.clone();
            view! {
                <div
                    class="attachment attachment--video"
                    style:width=format!("{width}px")
                    style:aspect-ratio=format!("{width} / {height}")
                >
                    {move || reached.access.get().map(|access| {
                        let (source, poster) = shown.with_value(|file| (file.path(&access), file.preview_path(&access)));
                        let preload = if poster.is_some() { "none" } else { "metadata" };
                        view! {
                            <video
                                class="attachment__video"
                                src=source
                                poster=poster
                                preload=preload
                                controls=true
                                playsinline=true
                                aria-label=label
                                on:play=move |_| playing.set(true)
                                on:error=move |_| reached.lost()
                            ></video>
                        }
                    })}
                    {move || length.clone().filter(|_| !playing.get()).map(|length| view! {
                        <span class="attachment__length">{length}</span>
                    })}
                </div>
            }
            .into_any()
        }}
    }
}

/// A file, to be saved.
#[component]
pub fn FileView(
    /// The file.
    attachment: Attachment,
    /// Where it was said.
    conversation: ConversationId,
) -> impl IntoView {
    let reached = Reached::new(conversation);
    let ending = ending(&attachment.name);
    let size = size_text(attachment.bytes);
    let (name, saved_as) = (attachment.name.clone(), attachment.name.clone());
    let shown = StoredValue::new(attachment);
    let label = move || lang().download_file(&shown.with_value(|file| file.name.clone()));
    view! {
        <a
            class="attachment attachment--file"
            href=move || reached.address(|access| shown.with_value(|file| file.download_path(access)))
            download=saved_as
            aria-label=label
        >
            <span class="attachment__kind">
                {if ending.is_empty() { view! { <IconView icon=Icon::File /> }.into_any() } else { ending.into_any() }}
            </span>
            <span class="attachment__facts">
                <span class="attachment__name">{name}</span>
                <span class="attachment__size">{size}</span>
            </span>
            <IconView icon=Icon::Download size=18 />
        </a>
    }
}
