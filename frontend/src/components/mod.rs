//! Pieces of pages that know the stores.

pub mod about;
pub mod agent_card;
pub mod form;
pub mod inbox;
pub mod install;
pub mod page_head;
pub mod part;
pub mod profile_form;
pub mod setup;
pub mod shell;
pub mod tag_chip;
