//! The audit log.

pub mod create_audit_export;
pub mod list_audit_entries;
