//! The ledger.

pub mod list_events;
