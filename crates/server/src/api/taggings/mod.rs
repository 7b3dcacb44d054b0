//! Giving tags to many contacts.

pub mod cancel_tagging;
pub mod create_tagging;
pub mod list_taggings;
