//! The welcome: what new visitors are greeted with.

pub mod get_welcome;
pub mod set_welcome;
