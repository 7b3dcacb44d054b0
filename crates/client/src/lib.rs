//! What any Rust client knows: typed REST calls and the pure state model.
//!
//! Everything here is free of clocks, randomness, threads and documents: time and randomness come in as arguments, and
//! what has to be done comes out as values. The console, the widget and the integration tests drive the same code.
//!
//! - [`timeline`]: the messages of a conversation that a client holds, without gaps, and which of them stand together.
//! - [`outbox`]: messages on their way to the server.
//! - [`visitor`]: the widget's side of a chat.
//! - [`links`]: the web addresses in a message's text.
//! - [`files`]: sizes and durations in words, the room of a picture.
//! - [`emoji`]: what the pickers offer, the way through their grid, and which texts are emoji only.
//! - [`reply_guard`]: what an answer that is being written knows of its conversation.
//! - [`typing`]: that somebody writes: when to say so, and for how long to believe it.
//! - `state`, `sync`, `rest`, `saved_views` (feature `console`): the console's state, how it keeps up with the server, the REST API,
//!   and what an agent keeps of the list.

pub mod emoji;
pub mod files;
pub mod links;
pub mod outbox;
pub mod reply_guard;
pub mod timeline;
pub mod typing;
pub mod visitor;

#[cfg(feature = "console")]
pub mod rest;
#[cfg(feature = "console")]
pub mod saved_views;
#[cfg(feature = "console")]
pub mod snoozes;
#[cfg(feature = "console")]
pub mod state;
#[cfg(feature = "console")]
pub mod sync;

#[cfg(test)]
#[cfg(feature = "console")]
mod model;
#[cfg(test)]
mod samples;
