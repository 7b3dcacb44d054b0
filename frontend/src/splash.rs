//! The splash of `index.html`, which stands there while the application is on its way.

use leptos::prelude::*;
use std::cell::Cell;

thread_local! {
    static KEPT: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the splash, if it still stands, until the present scope ends: what would take its place looks the same, and a change
/// would be a blink.
pub fn keep() -> bool {
    let stands = document().get_element_by_id("start").is_some();
    if stands {
        KEPT.set(true);
        on_cleanup(end);
    }
    stands
}

/// Takes the splash away, unless somebody keeps it, once the application has drawn what stands in its place.
pub fn end_when_drawn() {
    request_animation_frame(|| {
        if !KEPT.get() {
            end();
        }
    });
}

fn end() {
    if let Some(splash) = document().get_element_by_id("start") {
        splash.remove();
    }
}
