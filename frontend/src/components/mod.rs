//! Pieces of pages that know the stores.

pub mod agent_card;
pub mod form;
pub mod inbox;
pub mod page_head;
pub mod shell;
