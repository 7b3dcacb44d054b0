//! Short notes that something worked or did not.

use super::{Icon, IconButton, IconView};
use leptos::{leptos_dom::helpers::set_timeout, prelude::*, text_prop::TextProp};
use std::time::Duration;

/// At most this many are shown; the oldest make room.
const MOST: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Success,
    Error,
}

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    /// What takes it back, and what that is called.
    undo: Option<(&'static str, Callback<()>)>,
}

/// The notes on show. `Copy`; get it by [`use_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    items: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
}

impl Toasts {
    /// Makes the notes available to everything below.
    pub fn provide() {
        provide_context(Self { items: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
    }

    /// It worked.
    pub fn success(self, text: impl Into<String>) {
        self.show(Tone::Success, text.into(), None, Duration::from_secs(4));
    }

    /// It worked, and can be taken back; stays as long as one needs to find that.
    pub fn undoable(self, text: String, label: &'static str, undo: Callback<()>) {
        self.show(Tone::Success, text, Some((label, undo)), Duration::from_secs(9));
    }

    /// It did not work; stays longer, to be read.
    pub fn error(self, text: impl Into<String>) {
        self.show(Tone::Error, text.into(), None, Duration::from_secs(9));
    }

    fn show(self, tone: Tone, text: String, undo: Option<(&'static str, Callback<()>)>, lasts: Duration) {
        let id = self.next.get_value();
        self.next.set_value(id.wrapping_add(1));
        self.items.update(|items| {
            // The same note twice is one note that stays longer.
            items.retain(|toast| toast.text != text);
            items.push(Toast { id, tone, text, undo });
            let surplus = items.len().saturating_sub(MOST);
            items.drain(..surplus);
        });
        set_timeout(move || self.remove(id), lasts);
    }

    fn remove(self, id: u32) {
        // The page may be gone by the time the note is over.
        if self.items.is_disposed() {
            return;
        }
        self.items.update(|items| items.retain(|toast| toast.id != id));
    }
}

/// The notes on show.
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// Where notes appear. Once per page; screen readers hear them as they come.
#[component]
pub fn ToastRegion(
    /// What the region is called.
    #[prop(into)]
    label: TextProp,
    /// The words of the closing button.
    #[prop(into)]
    close_label: TextProp,
) -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <section class="toasts" aria-label=move || label.get() aria-live="polite">
            <For each=move || toasts.items.get() key=|toast| toast.id let(toast)>
                <div class="toast" class:toast--error=toast.tone == Tone::Error role=match toast.tone {
                    Tone::Success => "status",
                    Tone::Error => "alert",
                }>
                    <IconView icon=match toast.tone {
                        Tone::Success => Icon::CheckCircle,
                        Tone::Error => Icon::Alert,
                    } />
                    <p class="toast__text">{toast.text.clone()}</p>
                    {toast.undo.map(|(label, undo)| view! {
                        <button type="button" class="link-button" on:click=move |_| {
                            toasts.remove(toast.id);
                            undo.try_run(());
                        }>{label}</button>
                    })}
                    <IconButton
                        small=true
                        icon=Icon::Close
                        label=close_label.clone()
                        on:click=move |_| toasts.remove(toast.id)
                    />
                </div>
            </For>
        </section>
    }
}
