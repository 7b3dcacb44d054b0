//! Channels.

pub mod create_channel;
pub mod delete_channel;
pub mod get_channel;
pub mod get_channel_contents;
pub mod list_channels;
pub mod update_channel;
