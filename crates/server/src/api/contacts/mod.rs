//! Contacts.

pub mod get_contact;
pub mod list_blacklist;
pub mod set_contact_blocked;
pub mod update_contact;
