//! A message's picture, video or file.

use super::lightbox::use_lightbox;
use crate::i18n::{lang, lang_now, t};
use crate::stores::files::{Files, use_files};
use crate::ui::{Icon, IconView, use_toasts};
use client::files::{duration_text, ending, fit, size_text};
use leptos::{ev, html, prelude::*, task::spawn_local};
use types::attachments::{Attachment, FileAccess};
use types::id::ConversationId;

/// The room that a picture or a video takes at most, in CSS pixels.
const ROOM: (i64, i64) = (320, 320);

/// The access under which a row fetches its file: the first that is known, so that what is shown is not fetched again when a
/// new one comes; another one after a failure.
#[derive(Clone, Copy)]
struct Reached {
    files: Files,
    conversation: ConversationId,
    access: RwSignal<Option<FileAccess>>,
    failed: RwSignal<bool>,
    /// It was fetched once more already.
    tried: StoredValue<bool>,
}

impl Reached {
    fn new(conversation: ConversationId) -> Self {
        let files = use_files();
        let (access, failed) = (RwSignal::new(None), RwSignal::new(false));
        let reached = Self { files, conversation, access, failed, tried: StoredValue::new(false) };
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

    /// Whether it did not come, or nobody could say from where.
    fn has_failed(self) -> bool {
        self.failed.get() || self.access.with(Option::is_none) && self.files.has_failed(self.conversation)
    }

    /// It did not come. The first time it is fetched once more: the access may have ended.
    fn lost(self) {
        if self.tried.get_value() {
            self.failed.set(true);
        } else {
            self.tried.set_value(true);
            self.fetch();
        }
    }

    /// Once more.
    fn again(self) {
        self.failed.set(false);
        self.fetch();
    }

    fn fetch(self) {
        let before = self.access.get_untracked();
        self.files.renew(self.conversation, before.as_ref());
        self.access.set(None);
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
            on:click=move |_| if untrack(|| reached.has_failed()) { reached.again() } else { lightbox.open(id) }
        >
            {move || if reached.has_failed() {
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
        {move || if reached.has_failed() {
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
                                // Pressed, and fetched once more since.
                                autoplay=playing.get_untracked()
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
    let files = use_files();
    let toasts = use_toasts();
    let link = NodeRef::<html::A>::new();
    let ending = ending(&attachment.name);
    let size = size_text(attachment.bytes);
    let (name, saved_as) = (attachment.name.clone(), attachment.name.clone());
    let shown = StoredValue::new(attachment);
    let label = move || lang().download_file(&shown.with_value(|file| file.name.clone()));
    // The access may have ended since the row was drawn: then another one comes first.
    let on_click = move |event: ev::MouseEvent| {
        if files.is_good_now(conversation) {
            return;
        }
        event.prevent_default();
        spawn_local(async move {
            if files.fetch(conversation).await {
                // By the next frame the link leads there.
                request_animation_frame(move || {
                    if let Some(link) = link.try_get_untracked().flatten() {
                        link.click();
                    }
                });
            } else {
                toasts.error(lang_now().file_unreachable());
            }
        });
    };
    view! {
        <a
            node_ref=link
            class="attachment attachment--file"
            href=move || files.access(conversation).map(|access| shown.with_value(|file| file.download_path(&access)))
            download=saved_as
            aria-label=label
            on:click=on_click
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
