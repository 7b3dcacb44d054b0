//! Custom fields of contacts.

pub mod get_custom_field_contents;
pub mod list_custom_fields;
pub mod set_custom_fields;
