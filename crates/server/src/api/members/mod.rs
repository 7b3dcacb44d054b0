//! Who takes part in a conversation.

pub mod add_conversation_member;
pub mod remove_conversation_member;
