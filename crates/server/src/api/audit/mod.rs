//! The audit log.

pub mod list_audit_entries;
