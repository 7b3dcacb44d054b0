//! The visitor's chat: the WebAssembly half of the widget.
//!
//! The loader (`loader/loader.ts`) draws the launcher and the empty panel, and calls [`mount()`] once the module is there.
//!
//! - [`live`]: the chat's state and connection, a pure machine.
//! - [`wire`]: JSON without `serde_json`.
//! - [`text`], [`texts`], [`rows`]: what is shown, before it is drawn.
//! - `platform`, `bridge`, `session`, `view`: the browser, the loader, the effects and the picture (WebAssembly only).
//!
//! **Budget**: everything that a cold open transfers is at most 85 KB brotli, aim 60. Hence no `serde_json`, no router, no
//! regular expressions, no ICU, and as little `format!` as possible; `js/platform.js` does what is shorter in JavaScript.

pub mod live;
pub mod rows;
pub mod text;
pub mod texts;
pub mod wire;

#[cfg(target_arch = "wasm32")]
mod bridge;
#[cfg(target_arch = "wasm32")]
mod mount;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod session;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use mount::mount;
