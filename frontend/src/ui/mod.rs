//! The console's own primitives. They take props, know no store and speak no language of their own: texts come in as
//! [`TextProp`](leptos::text_prop::TextProp), events are attached with `on:` where they are used.
//!
//! Each has its CSS file beside it, classes by BEM, values only by the tokens of `styles/tokens.css`. The Content Security
//! Policy forbids `style` attributes: a computed value goes in by `style:name=`, which is the CSSOM.

pub mod avatar;
pub mod button;
pub mod checkbox;
pub mod copy_field;
pub mod count_badge;
pub mod dialog;
pub mod download;
pub mod effect;
pub mod empty_state;
pub mod error_state;
pub mod icon;
pub mod icon_button;
pub mod keyed;
pub mod menu;
pub mod pointer;
pub mod radio_group;
pub mod row_menu;
pub mod search_box;
pub mod select;
pub mod size_watch;
pub mod skeleton;
pub mod spinner;
pub mod switch;
pub mod text_area;
pub mod text_field;
pub mod toast;

pub use avatar::{Avatar, AvatarSize};
pub use button::{Button, ButtonSize, ButtonVariant};
pub use checkbox::Checkbox;
pub use copy_field::{CopyField, CopyLabels, copy_text};
pub use count_badge::CountBadge;
pub use dialog::{Dialog, is_in_dialog};
pub use download::download;
pub use effect::effect;
pub use empty_state::EmptyState;
pub use error_state::ErrorState;
pub use icon::{Icon, IconView};
pub use icon_button::IconButton;
pub use keyed::keyed_children;
pub use menu::{Menu, MenuAt, MenuItem, MenuSeparator, Point};
pub use pointer::{has_fine_pointer, is_touch_only, watch_pointer, when_released};
pub use radio_group::{Choice, RadioGroup};
pub use row_menu::RowMenu;
pub use search_box::SearchBox;
pub use select::Select;
pub use size_watch::SizeWatch;
pub use skeleton::Skeleton;
pub use spinner::Spinner;
pub use switch::Switch;
pub use text_area::TextArea;
pub use text_field::{InputKind, RevealLabels, TextField};
pub use toast::{ToastRegion, Toasts, use_toasts};

use leptos::prelude::{document, request_animation_frame};
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement, KeyboardEvent};

/// The key code that browsers give while an input method composes.
const COMPOSING: u32 = 229;

/// Whether a key belongs to an input method, which is not done with it. Some browsers say so by the key's code alone; dead keys have
/// the same code, so what reacts to those must ask the event itself.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == COMPOSING
}

/// The key that, with Enter, sends: as it is printed on this machine's keyboard.
pub fn send_key() -> &'static str {
    let platform = leptos::prelude::window().navigator().platform().unwrap_or_default();
    if ["Mac", "iPhone", "iPad"].iter().any(|apple| platform.starts_with(apple)) { "⌘" } else { "Ctrl" }
}

/// Gives an element the keyboard's focus without scrolling to it.
pub fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // It fails only for what cannot take the focus.
    drop(element.focus_with_options(&options));
}

/// After what had the keyboard's focus has gone, gives it to the first of these that there is. Whoever has it by then keeps it.
pub fn focus_instead(selectors: &'static [&'static str]) {
    focus_found(move || {
        let page = document();
        let found = selectors.iter().find_map(|selector| page.query_selector(selector).ok().flatten());
        found?.dyn_into().ok()
    });
}

/// The same, to what is found by then.
pub fn focus_found(find: impl FnOnce() -> Option<HtmlElement> + 'static) {
    let give = move || {
        let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        if let Some(element) = is_lost.then(find).flatten() {
            focus_in_place(&element);
        }
    };
    // By the second frame the page has changed.
    request_animation_frame(move || request_animation_frame(give));
}

/// Whether the keyboard's focus is in an element that this selects.
pub fn focus_is_in(selector: &str) -> bool {
    document().active_element().is_some_and(|active| matches!(active.closest(selector), Ok(Some(_))))
}

/// Where one goes on in a conversation: the composer, or, where the focus would bring up a keyboard, the log.
pub fn focus_conversation() {
    focus_instead(if has_fine_pointer() {
        &[".composer__field", ".message-list__view"]
    } else {
        &[".message-list__view"]
    });
}

/// An element id that no other element has, for wiring a label, a hint and an error to their control.
pub fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
