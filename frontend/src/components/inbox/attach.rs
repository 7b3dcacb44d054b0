//! The ways by which files come into a conversation: buttons, drag and drop, paste.

use crate::i18n::{lang, lang_now, t};
use crate::stores::composing::use_composing;
use crate::stores::files::use_files;
use crate::stores::inbox::use_inbox;
use crate::stores::uploads::use_uploads;
use crate::ui::{Icon, IconButton, IconView, unique_id, use_toasts};
use client::files::size_text;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::{ev, html, prelude::*};
use types::id::ConversationId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardEvent, Element, File, FileList};

/// What browsers show as pictures.
const IMAGES: &str = "image/png,image/jpeg,image/gif,image/webp";
/// What browsers may play.
const VIDEOS: &str = "video/mp4,video/quicktime,video/webm,.mp4,.mov,.m4v";

/// The buttons that choose pictures, videos and files.
#[component]
pub fn AttachButtons(
    /// Where they go.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let files = use_files();
    // Said before anything is chosen: a finger sees no tooltip, and a screen reader reads it at each button.
    let limit_id = unique_id("attach-limit");
    let limit = move || files.access(id.get()).map(|access| lang().attach_most(&size_text(access.max_bytes)));
    view! {
        <div class="composer__attach">
            <AttachButton id icon=Icon::Image accept=IMAGES label=Signal::derive(|| lang().attach_image()) limit_id=limit_id.clone() />
            <AttachButton id icon=Icon::Video accept=VIDEOS label=Signal::derive(|| lang().attach_video()) limit_id=limit_id.clone() />
            <AttachButton id icon=Icon::File accept="" label=Signal::derive(|| lang().attach_file()) limit_id=limit_id.clone() />
            <span class="composer__limit" id=limit_id.clone()>{limit}</span>
        </div>
    }
}

#[component]
fn AttachButton(
    id: Signal<ConversationId>,
    icon: Icon,
    accept: &'static str,
    label: Signal<&'static str>,
    limit_id: String,
) -> impl IntoView {
    let uploads = use_uploads();
    let files = use_files();
    let input = NodeRef::<html::Input>::new();
    // While the person looks for a file, another conversation may be opened: the file goes to the one that it was chosen for.
    let asked_in = StoredValue::new(id.get_untracked());
    let limit = move || {
        let access = files.access(id.get())?;
        Some(lang().attach_limit(label.get(), &size_text(access.max_bytes)))
    };
    view! {
        <IconButton
            icon
            label=move || label.get()
            attr:title=limit
            attr:aria-describedby=limit_id
            on:click=move |_| {
                if let Some(input) = input.get_untracked() {
                    asked_in.set_value(id.get_untracked());
                    input.click();
                }
            }
        />
        <input
            node_ref=input
            type="file"
            hidden
            multiple
            accept=accept
            on:change=move |_| {
                let (Some(input), Some(to)) = (input.try_get_untracked().flatten(), asked_in.try_get_value()) else { return };
                uploads.add(to, listed(input.files()), false);
                // The same file can be chosen again.
                input.set_value("");
            }
        />
    }
}

/// Files that are dropped beside a conversation go nowhere: the browser would open them in the console's place. Until the present
/// scope ends.
pub fn guard_drops() {
    let refuse = |event: ev::DragEvent| {
        if !event.default_prevented() && brings_files(&event) {
            event.prevent_default();
            if let Some(data) = event.data_transfer() {
                data.set_drop_effect("none");
            }
        }
    };
    let listening = [window_event_listener(ev::dragover, refuse), window_event_listener(ev::drop, refuse)];
    on_cleanup(move || listening.into_iter().for_each(WindowListenerHandle::remove));
}

/// Takes what is dropped anywhere on the conversation, or pasted into it.
#[component]
pub fn DropZone(
    /// The open conversation.
    open: Memo<Option<ConversationId>>,
    /// The conversation.
    children: Children,
) -> impl IntoView {
    let uploads = use_uploads();
    let files = use_files();
    let toasts = use_toasts();
    // A file would go to the visitor, which nobody means who writes a note: they are told, and it goes nowhere.
    let composing = use_composing();
    let noting = Memo::new(move |_| open.get().is_some_and(|id| composing.is_noting(id)));
    let is_view = use_inbox().is_view();
    let add = move |id: ConversationId, files: Vec<File>| {
        if noting.get_untracked() {
            toasts.error(lang_now().note_no_files());
        } else {
            uploads.add(id, files, true);
            // To be sent by the key that sends.
            composing.focus(id);
        }
    };
    let over = RwSignal::new(false);
    let enter = move |event: ev::DragEvent| {
        if open.get_untracked().is_some() && !is_view && brings_files(&event) {
            // Said of every movement, or the browser would open the file instead.
            event.prevent_default();
            if let Some(data) = event.data_transfer() {
                data.set_drop_effect("copy");
            }
            over.set(!noting.get_untracked());
        }
    };
    let leave = move |event: ev::DragEvent| {
        // Between two elements inside it is left and entered again.
        let zone = event.current_target().and_then(|zone| zone.dyn_into::<Element>().ok());
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        if !zone.is_some_and(|zone| to.is_some() && zone.contains(to.as_ref())) {
            over.set(false);
        }
    };
    let drop = move |event: ev::DragEvent| {
        over.set(false);
        let Some(id) = open.get_untracked().filter(|_| brings_files(&event)) else { return };
        event.prevent_default();
        add(id, listed(event.data_transfer().and_then(|data| data.files())));
    };
    let paste = move |event: ClipboardEvent| {
        let Some(id) = open.get_untracked() else { return };
        let Some(data) = event.clipboard_data() else { return };
        // What office programs copy is text and a picture of it: the text is meant.
        let has_text = data.get_data("text/plain").is_ok_and(|text| !text.is_empty());
        let files = listed(data.files());
        if !has_text && !files.is_empty() {
            event.prevent_default();
            add(id, files);
        }
    };
    let limit = move || {
        let access = files.access(open.get()?)?;
        Some(lang().drop_limit(&size_text(access.max_bytes)))
    };
    view! {
        <section
            class="chat-window"
            aria-label=t!(conversations)
            on:dragenter=enter
            on:dragover=enter
            on:dragleave=leave
            on:drop=drop
            on:paste=paste
        >
            {children()}
            <Show when=move || over.get()>
                <div class="drop-zone">
                    <IconView icon=Icon::Upload size=36 />
                    <p class="drop-zone__title">{t!(drop_here)}</p>
                    <p class="drop-zone__limit">{limit}</p>
                </div>
            </Show>
        </section>
    }
}

fn brings_files(event: &ev::DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&JsValue::from_str("Files"), 0))
}

/// The files of a list.
pub fn listed(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|at| files.item(at)).collect()
}
