//! The widget's own pages: the loader that a host page embeds, and the chat on a page of its own.

mod chat;
mod loader;

pub(crate) use chat::get_chat_page;
pub use loader::Loaders;
pub(crate) use loader::get_loader;
