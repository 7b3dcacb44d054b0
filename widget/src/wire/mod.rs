//! JSON without `serde_json`: in the widget's module that crate alone would weigh 24 KB brotli.
//!
//! The browser parses; this module walks the parsed value into the types of `types`, and writes requests and frames by hand.
//! Its tests hold both directions against the types' own serde, field by field, so that the wire cannot drift.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::{content, frame, problem, session, uuid, window};
pub use write::{open_session, send, stored};

/// A parsed JSON value: `JsValue` in the browser, `serde_json::Value` in the tests.
pub trait Json: Sized {
    /// The field of an object; nothing when it is absent or `null`.
    fn get(&self, key: &str) -> Option<Self>;
    /// The value as a text.
    fn text(&self) -> Option<String>;
    /// The value as a whole number.
    fn integer(&self) -> Option<i64>;
    /// The value as a truth value.
    fn flag(&self) -> Option<bool>;
    /// The elements of an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// The value as a time, in Unix milliseconds.
    fn millis(&self) -> Option<i64>;
}
