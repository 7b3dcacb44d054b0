//! Groups of channels, and the order of both.

pub mod arrange_channels;
pub mod create_channel_group;
pub mod delete_channel_group;
pub mod get_channel_tree;
pub mod set_channel_group;
pub mod update_channel_group;
