//! Whose conversations are, and to whom those of a channel come.

pub mod close_conversation;
pub mod get_channel_assignment;
pub mod list_transfer_targets;
pub mod reopen_conversation;
pub mod set_channel_assignment;
pub mod snooze_conversation;
pub mod take_over_conversation;
pub mod transfer_conversation;
pub mod wake_conversation;
