//! The door through which the loader comes in.

use crate::bridge::Bridge;
use crate::session::Session;
use crate::{platform, view};
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the chat into the loader's panel and connects it.
#[wasm_bindgen]
pub fn mount(bridge: Bridge) {
    platform::adopt(&bridge.root(), include_str!("style.css"));
    let panel = bridge.panel();
    let session = Session::new(bridge);
    // The page is the owner: the chat lives as long as it does.
    mount_to(panel, move || view::chat(session)).forget();
    session.start();
}
