//! Contacts.

pub mod create_contact_data_export;
pub mod create_contact_export;
pub mod delete_contact;
pub mod get_contact;
pub mod list_blacklist;
pub mod list_contacts;
pub mod set_contact_blocked;
pub mod update_contact;
