//! Channels.

pub mod create_channel;
pub mod delete_channel;
pub mod get_channel;
pub mod get_channel_contents;
pub mod list_channels;
pub mod list_style_versions;
pub mod remove_channel_avatar;
pub mod set_channel_avatar;
pub mod set_style_version;
pub mod update_channel;
