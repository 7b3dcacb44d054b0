//! Whether the pointer is pressed, for what must not move the page under it; and what kind of pointer there is.

use leptos::{ev, leptos_dom::helpers::set_timeout, prelude::*};
use std::{cell::Cell, time::Duration};

thread_local! {
    static PRESSED: Cell<bool> = const { Cell::new(false) };
}

/// Listens to the pointer for as long as the page lives. Once, by the application.
pub fn watch_pointer() {
    let pressed = window_event_listener(ev::pointerdown, |_| PRESSED.set(true));
    let released = window_event_listener(ev::pointerup, |_| PRESSED.set(false));
    let cancelled = window_event_listener(ev::pointercancel, |_| PRESSED.set(false));
    on_cleanup(move || {
        pressed.remove();
        released.remove();
        cancelled.remove();
    });
}

/// Whether the main pointer is as fine as a mouse's: where it is not, a focus brings up the keyboard.
pub fn has_fine_pointer() -> bool {
    matches_media("(pointer: fine)")
}

/// Whether a finger is all there is: a tablet with a mouse has its keyboard too.
pub fn is_touch_only() -> bool {
    matches_media("(pointer: coarse) and (not (any-pointer: fine))")
}

fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}

/// Does it now, or, while the pointer is pressed, once it is released and has clicked: a page that grows between press and
/// release makes the click miss.
pub fn when_released(act: impl FnOnce() + 'static) {
    if !PRESSED.get() {
        act();
        return;
    }
    set_timeout(move || when_released(act), Duration::from_millis(60));
}
