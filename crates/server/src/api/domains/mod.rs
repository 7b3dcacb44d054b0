//! On whose pages a channel's chat may stand.

pub mod get_channel_domains;
pub mod set_channel_domains;
