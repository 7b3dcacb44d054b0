//! A stand-in for `wasm-streams`.
//!
//! `server_fn`, a dependency of leptos, uses it for the streaming bodies of server functions. Parlor has none, yet the
//! real crate's exports stay in every module that links it: 5 to 7 KB of brotli in the visitor's widget. This crate has
//! the same three signatures and, should anybody ever stream through it, says so instead of pretending.

use futures_util::stream::{Once, once};
use std::future::{Ready, ready};
use wasm_bindgen::JsValue;

/// Stands for a JavaScript `ReadableStream`.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Wraps a JavaScript stream.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Refuses: streaming uploads are not part of this build.
    pub fn from_stream<S>(_stream: S) -> Self {
        wasm_bindgen::throw_str("streaming bodies are not part of this build")
    }

    /// The JavaScript stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream of one error: streaming downloads are not part of this build.
    pub fn into_stream(self) -> Once<Ready<Result<JsValue, JsValue>>> {
        once(ready(Err(JsValue::from_str("streaming bodies are not part of this build"))))
    }
}
