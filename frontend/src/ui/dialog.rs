//! A window above the page that wants an answer first.

use super::{Icon, IconButton, is_composing, unique_id};
use crate::ui::effect;
use leptos::{html, prelude::*, text_prop::TextProp};
use wasm_bindgen::JsCast;

/// A modal dialog: the browser's own, so the page behind is inert, Escape closes it and the focus returns to where it was.
/// It exists from the first time that it is opened, its content only while it is open: a page has a dozen that nobody opens.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: TextProp,
    /// The words of the closing button.
    #[prop(into)]
    close_label: TextProp,
    /// As wide as a form with something beside it; a phone's whole screen.
    #[prop(optional)]
    wide: bool,
    /// While this holds, only its own buttons close it: neither the scrim nor Escape, and there is no button at its head. For what is
    /// shown once, and would be lost by a slip.
    #[prop(optional, into)]
    locked: Signal<bool>,
    /// It was closed, by whatever way.
    #[prop(optional)]
    on_close: Option<Callback<()>>,
    /// What it says and asks.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let was_opened = Memo::new(move |before| before == Some(&true) || open.get());
    let children = StoredValue::new(children);
    let title_id = unique_id("dialog-title");
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        let wanted = open.get();
        if wanted && !dialog.open() {
            // A frame later: what opened it (a menu, say) has put the focus back by then, and that is where it returns to.
            request_animation_frame(move || {
                if open.try_get_untracked() == Some(true) && !dialog.open() {
                    // It fails only for a dialog that is not in the document, which is then nowhere to be seen anyway.
                    drop(dialog.show_modal());
                }
            });
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <Show when=move || was_opened.get()>
            <dialog
                node_ref=dialog
                class="dialog"
                class:dialog--wide=wide
                aria-labelledby=title_id.clone()
                on:close=move |event| {
                    // Some browsers let a second Escape through, whatever is said to the first.
                    let dialog =
                        event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
                    if let Some(dialog) = dialog.filter(|_| locked.get_untracked() && open.get_untracked()) {
                        drop(dialog.show_modal());
                        return;
                    }
                    open.set(false);
                    if let Some(on_close) = on_close {
                        on_close.run(());
                    }
                }
                // An Escape that ends a composition belongs to the input method: it neither closes the window nor empties a search.
                on:keydown=move |event| {
                    if event.key() == "Escape" && (is_composing(&event) || locked.get_untracked()) {
                        event.prevent_default();
                    }
                }
                // A phone's way back asks by this.
                on:cancel=move |event: leptos::ev::Event| {
                    if locked.get_untracked() {
                        event.prevent_default();
                    }
                }
                // A press that begins on the scrim closes it; one that ends there after selecting text inside does not.
                on:mousedown=move |event| {
                    let dialog = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
                    if !locked.get_untracked() && dialog.is_some_and(|dialog| is_outside(&dialog, &event)) {
                        open.set(false);
                    }
                }
            >
                <div class="dialog__window">
                    <header class="dialog__head">
                        <h2 class="dialog__title" id=title_id.clone()>{let title = title.clone(); move || title.get()}</h2>
                        {
                            let close_label = close_label.clone();
                            move || (!locked.get()).then(|| view! {
                                <IconButton
                                    small=true
                                    icon=Icon::Close
                                    label=close_label.clone()
                                    on:click=move |_| open.set(false)
                                />
                            })
                        }
                    </header>
                    <Show when=move || open.get()>{children.with_value(|children| children())}</Show>
                </div>
            </dialog>
        </Show>
    }
}

/// Whether the key was pressed in a dialog over the page: it is the dialog that it closes.
pub fn is_in_dialog(event: &leptos::ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("dialog").ok().flatten().is_some())
}

/// Whether the pointer is beside the window: the scrim belongs to the dialog, and so does its scrollbar, which is inside.
fn is_outside(dialog: &web_sys::HtmlDialogElement, event: &leptos::ev::MouseEvent) -> bool {
    let frame = dialog.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    !(frame.left()..=frame.right()).contains(&x) || !(frame.top()..=frame.bottom()).contains(&y)
}
