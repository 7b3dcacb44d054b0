//! What holds in all of an organisation's channels.

pub mod get_file_limit;
pub mod set_file_limit;
