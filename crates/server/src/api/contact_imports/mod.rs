//! Importing contacts.

pub mod begin_contact_import;
pub mod cancel_contact_import;
pub mod create_contact_import;
pub mod create_import_failure_export;
pub mod list_contact_imports;
