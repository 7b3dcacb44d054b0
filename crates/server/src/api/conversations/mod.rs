//! Conversations.

pub mod clear_conversation;
pub mod delete_conversation;
pub mod get_conversation;
pub mod list_conversations;
pub mod mark_conversation_read;
pub mod personalise_conversation;
