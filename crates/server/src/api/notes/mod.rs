//! Internal notes beside a conversation.

pub mod create_note;
pub mod list_notes;
