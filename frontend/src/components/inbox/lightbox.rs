//! The conversation's pictures, one at a time over the whole window.

use crate::i18n::{lang, t};
use crate::stores::files::use_files;
use crate::stores::inbox::{Loading, use_inbox};
use crate::ui::{Icon, IconButton, IconView, Spinner, effect};
use leptos::{ev, html, prelude::*};
use types::attachments::{Attachment, FileAccess};
use types::id::{AttachmentId, ConversationId};
use types::messages::Content;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen(module = "/src/components/inbox/zoom.js")]
extern "C" {
    fn zoomable(frame: &HtmlElement, swiped: &Closure<dyn Fn(bool)>);
    fn zoom(frame: &HtmlElement, steps: i32);
}

/// Which picture is shown large. `Copy`; rows get it by [`use_lightbox`].
#[derive(Clone, Copy)]
pub struct Shown(RwSignal<Option<AttachmentId>>);

/// What shows a picture large.
pub fn use_lightbox() -> Shown {
    expect_context()
}

impl Shown {
    /// Nothing is shown yet. Makes it available to everything below.
    pub fn provide() -> Self {
        let shown = Self(RwSignal::new(None));
        provide_context(shown);
        shown
    }

    /// Whether one is shown.
    pub fn is_open(self) -> bool {
        self.0.with(Option::is_some)
    }

    /// Shows a picture.
    pub fn open(self, id: AttachmentId) {
        self.0.set(Some(id));
    }
}

/// The window. Escape and a press beside the picture close it; a press on the picture, the wheel, `+` and `-` scale it; arrows and
/// swipes lead to the others of the conversation, which are those that are loaded.
#[component]
pub fn Lightbox(
    /// Whose pictures.
    conversation: ConversationId,
    /// Which is shown.
    shown: Shown,
) -> impl IntoView {
    let inbox = use_inbox();
    let files = use_files();
    let dialog = NodeRef::<html::Dialog>::new();
    let pictures = Memo::new(move |_| {
        // While it is closed nobody needs to know.
        if shown.0.with(Option::is_none) {
            return Vec::new();
        }
        let _changed = inbox.thread_mark(conversation);
        inbox.read_thread(conversation, |thread| {
            let stored = thread.stored.iter().map(|message| &message.content);
            stored.chain(thread.outgoing.iter().map(|message| &message.content)).filter_map(picture).collect::<Vec<_>>()
        })
    });
    let at = Memo::new(move |_| {
        let id = shown.0.get()?;
        pictures.with(|pictures| pictures.iter().position(|picture| picture.id == id))
    });
    let present = Memo::new(move |_| pictures.with(|pictures| pictures.get(at.get()?).cloned()));
    // A picture that goes while it is looked at, because the history is cleared, takes its window along.
    Effect::new(move |was_there: Option<bool>| {
        let is_there = present.with(Option::is_some);
        if was_there == Some(true) && !is_there {
            shown.0.set(None);
        }
        is_there
    });
    // What is shown, by the first access that is known; and how far it has come.
    let reached = StoredValue::new(None::<(AttachmentId, FileAccess)>);
    let turn = RwSignal::new(0_u32);
    let standing = RwSignal::new(Loading::Pending);
    let source = Memo::new(move |_| {
        turn.track();
        let picture = present.get()?;
        let known = reached.get_value().filter(|(id, _)| *id == picture.id).map(|(_, access)| access);
        let access = known.or_else(|| files.access(conversation))?;
        reached.set_value(Some((picture.id, access.clone())));
        Some((turn.get(), picture.path(&access), picture.name))
    });
    effect(move || {
        source.track();
        standing.set(Loading::Pending);
    });
    let has_failed =
        move || standing.get() == Loading::Failed || source.with(Option::is_none) && files.has_failed(conversation);
    let again = move || {
        let before = reached.get_value().map(|(_, access)| access);
        reached.set_value(None);
        files.renew(conversation, before.as_ref());
        turn.update(|turn| *turn = turn.wrapping_add(1));
    };
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        match (shown.0.with(Option::is_some), dialog.open()) {
            // It fails only for a dialog that is not in the document, which is then nowhere to be seen anyway.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // The picture was recalled, or the history cleared, under the person's eyes.
    effect(move || {
        if shown.0.with(Option::is_some) && at.get().is_none() {
            shown.0.set(None);
        }
    });
    let step = move |forward: bool| {
        let Some(at) = at.get_untracked() else { return };
        let to = if forward { at.checked_add(1) } else { at.checked_sub(1) };
        let id = to.and_then(|to| pictures.with_untracked(|pictures| pictures.get(to).map(|picture| picture.id)));
        if let Some(id) = id {
            shown.0.set(Some(id));
        }
    };
    let frame = NodeRef::<html::Div>::new();
    let swiped = StoredValue::new_local(Closure::<dyn Fn(bool)>::new(step));
    effect(move || {
        if let Some(frame) = frame.get() {
            swiped.with_value(|swiped| zoomable(&frame, swiped));
        }
    });
    let scale = move |steps| {
        if let Some(frame) = frame.get_untracked() {
            zoom(&frame, steps);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // The browser's own, of the whole page.
        if event.ctrl_key() || event.meta_key() {
            return;
        }
        match event.key().as_str() {
            "+" | "=" => scale(1),
            "-" => scale(-1),
            "ArrowLeft" => step(false),
            "ArrowRight" => step(true),
            _ => return,
        }
        event.prevent_default();
    };
    let close = move || shown.0.set(None);
    let count = move || pictures.with(Vec::len);
    let is_first = Signal::derive(move || at.get().is_none_or(|at| at == 0));
    let is_last = Signal::derive(move || at.get().is_none_or(|at| at.saturating_add(1) >= count()));
    view! {
        <dialog
            node_ref=dialog
            class="lightbox"
            aria-label=t!(picture_viewer)
            on:close=move |_| close()
            on:keydown=on_key
            on:click=move |event| {
                // A press on the picture or a button is none beside it.
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if target.is_some_and(|target| target.closest("img, button, a, header").ok().flatten().is_none()) {
                    close();
                }
            }
        >
            <header class="lightbox__head">
                <span class="lightbox__name">{move || present.get().map(|picture| picture.name)}</span>
                <span class="lightbox__place">
                    {move || at.get().filter(|_| count() > 1).map(|at| lang().picture_place(at.saturating_add(1), count()))}
                </span>
                {move || {
                    let (picture, access) = (present.get()?, files.access(conversation)?);
                    Some(view! {
                        <a
                            class="lightbox__save icon-button"
                            href=picture.download_path(&access)
                            download=picture.name.clone()
                            aria-label=t!(download)
                        >
                            <IconView icon=Icon::Download />
                        </a>
                    })
                }}
                <IconButton icon=Icon::Close label=t!(close) on:click=move |_| close() />
            </header>
            <div class="lightbox__stage">
                <span class="lightbox__step">
                    <IconButton icon=Icon::ArrowLeft label=t!(previous_picture) disabled=is_first on:click=move |_| step(false) />
                </span>
                <div class="lightbox__frame" node_ref=frame>
                    {move || source.get().map(|(_, source, name)| view! {
                        <img
                            class="lightbox__picture"
                            class:lightbox__picture--coming=move || standing.get() != Loading::Ready
                            src=source
                            alt=name
                            draggable="false"
                            on:load=move |_| standing.set(Loading::Ready)
                            on:error=move |_| standing.set(Loading::Failed)
                        />
                    })}
                </div>
                {move || match (present.with(Option::is_some), has_failed(), standing.get()) {
                    (true, true, _) => Some(view! {
                        <button type="button" class="lightbox__lost" on:click=move |_| again()>
                            <IconView icon=Icon::Refresh />
                            {t!(picture_failed)}
                        </button>
                    }
                    .into_any()),
                    (true, false, Loading::Pending) => Some(view! {
                        <span class="lightbox__coming" role="status">
                            <Spinner />
                            <span class="visually-hidden">{t!(loading)}</span>
                        </span>
                    }
                    .into_any()),
                    _ => None,
                }}
                <span class="lightbox__step lightbox__step--next">
                    <IconButton icon=Icon::ArrowRight label=t!(next_picture) disabled=is_last on:click=move |_| step(true) />
                </span>
            </div>
        </dialog>
    }
}

fn picture(content: &Content) -> Option<Attachment> {
    match content {
        Content::Image { attachment } => Some((**attachment).clone()),
        _ => None,
    }
}
