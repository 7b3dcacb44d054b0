//! The legal pages.

pub mod get_legal_page;
