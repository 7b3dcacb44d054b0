//! A message's picture, video or file.

use super::lightbox::use_lightbox;
use crate::i18n::format::now;
use crate::i18n::{lang, lang_now, t};
use crate::stores::files::{Files, use_files};
use crate::ui::{Icon, IconView, effect, use_toasts};
use client::files::{duration_text, ending, fit, size_text};
use leptos::{ev, html, prelude::*, task::spawn_local};
use types::attachments::{Attachment, FileAccess};
use types::id::ConversationId;
use types::time::Timestamp;

/// The room that a picture or a video takes at most, in CSS pixels.
const ROOM: (i64, i64) = (320, 320);

/// What breaks off again so soon after it was fetched once more does so for another reason than a pass that has ended.
const SOON_MILLIS: i64 = 60_000;

/// The access under which a row fetches its file: the first that is known, so that what is shown is not fetched again when a
/// new one comes; another one after a failure.
#[derive(Clone, Copy)]
struct Reached {
    files: Files,
    conversation: ConversationId,
    access: RwSignal<Option<FileAccess>>,
    failed: RwSignal<bool>,
    /// When it was fetched once more.
    tried: StoredValue<Option<Timestamp>>,
}

impl Reached {
    fn new(conversation: ConversationId) -> Self {
        let files = use_files();
        let (access, failed) = (RwSignal::new(None), RwSignal::new(false));
        let reached = Self { files, conversation, access, failed, tried: StoredValue::new(None) };
        effect(move || {
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

    /// It did not come, or broke off. It is fetched once more: the access may have ended, as it does in a conversation that stands
    /// open for hours.
    fn lost(self) {
        let now = now();
        if may_try(self.tried.get_value(), now) {
            self.tried.set_value(Some(now));
            self.fetch();
        } else {
            self.failed.set(true);
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

/// Whether what was fetched once more at that time is worth another try now.
fn may_try(before: Option<Timestamp>, now: Timestamp) -> bool {
    before.is_none_or(|before| now.millis_since(before) >= SOON_MILLIS)
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
    // Where it broke off, and whether it was being played then: it goes on from there.
    let (place, going) = (StoredValue::new(0.0), StoredValue::new(false));
    let lost = move |event: ev::ErrorEvent| {
        place.set_value(event_target::<web_sys::HtmlMediaElement>(&event).current_time());
        reached.lost();
    };
    let came = move |event: ev::Event| {
        let before = place.try_update_value(std::mem::take).unwrap_or_default();
        if before > 0.0 {
            event_target::<web_sys::HtmlMediaElement>(&event).set_current_time(before);
        }
    };
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
                        // To go on from its place it has to be known first.
                        let known = poster.is_some() && place.get_value() <= 0.0;
                        let preload = if known { "none" } else { "metadata" };
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
                                autoplay=going.get_value()
                                on:play=move |_| {
                                    going.set_value(true);
                                    playing.set(true);
                                }
                                on:pause=move |_| going.set_value(false)
                                on:loadedmetadata=came
                                on:error=lost
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_may_end_again_and_again_but_what_is_broken_is_not_fetched_for_ever() {
        let first = Timestamp(1_790_000_000_000);
        assert!(may_try(None, first));
        assert!(!may_try(Some(first), first.plus_seconds(2)));
        assert!(may_try(Some(first), first.plus_seconds(3_600)));
    }
}
