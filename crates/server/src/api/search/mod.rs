//! Search.

pub mod search_history;
