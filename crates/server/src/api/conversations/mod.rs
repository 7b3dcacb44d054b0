//! Conversations.

pub mod get_conversation;
pub mod list_conversations;
pub mod mark_conversation_read;
