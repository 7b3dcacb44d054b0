//! The loader's end of the widget: `Bridge` in `loader/loader.ts`.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

#[wasm_bindgen]
extern "C" {
    /// What the server filled in for the channel.
    pub(crate) type Config;
    /// The channel's public key.
    #[wasm_bindgen(method, getter, js_name = k)]
    pub(crate) fn key(this: &Config) -> String;
    /// The server's origin.
    #[wasm_bindgen(method, getter, js_name = o)]
    pub(crate) fn origin(this: &Config) -> String;
    /// The channel's name.
    #[wasm_bindgen(method, getter, js_name = n)]
    pub(crate) fn name(this: &Config) -> String;

    /// What the loader hands over.
    pub type Bridge;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn config(this: &Bridge) -> Config;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn lang(this: &Bridge) -> String;
    /// Whether the chat is the whole page.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn page(this: &Bridge) -> bool;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn root(this: &Bridge) -> ShadowRoot;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn panel(this: &Bridge) -> HtmlElement;
    /// The visitor's stored token.
    #[wasm_bindgen(method)]
    pub(crate) fn token(this: &Bridge) -> Option<String>;
    /// Stores it.
    #[wasm_bindgen(method)]
    pub(crate) fn keep(this: &Bridge, token: &str);
    /// The visitor is chatting: the loader of the next page shall look for answers.
    #[wasm_bindgen(method)]
    pub(crate) fn active(this: &Bridge);
    /// Whether the panel is open.
    #[wasm_bindgen(method, js_name = open)]
    pub(crate) fn is_open(this: &Bridge) -> bool;
    /// Closes the panel.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Bridge);
    /// Sets the launcher's badge.
    #[wasm_bindgen(method)]
    pub(crate) fn unread(this: &Bridge, count: f64);
    /// Gives the launcher and the panel the channel's name, the rules of its layouts and the launcher's words.
    #[wasm_bindgen(method)]
    pub(crate) fn dress(this: &Bridge, name: &str, look: &str, words: &str);
}
