//! Contacts.

pub mod get_contact;
