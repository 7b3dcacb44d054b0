//! Whether the pointer is pressed, for what must not move the page under it.

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

/// Does it now, or, while the pointer is pressed, once it is released and has clicked: a page that grows between press and
/// release makes the click miss.
pub fn when_released(act: impl FnOnce() + 'static) {
    if !PRESSED.get() {
        act();
        return;
    }
    set_timeout(move || when_released(act), Duration::from_millis(60));
}
