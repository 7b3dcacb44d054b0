//! Contacts that are merged.

pub mod list_contact_merges;
pub mod list_duplicate_contacts;
pub mod merge_contacts;
pub mod undo_contact_merge;
