//! What stands around the pages.

pub mod account_menu;
pub mod ask_permission;
pub mod bottom_bar;
pub mod channel_tree;
pub mod connection_status;
pub mod frame;
pub mod help_menu;
pub mod logo;
pub mod message_cards;
pub mod preference_menus;
pub mod rail;
pub mod shortcuts;
pub mod sign_out;
pub mod suspended;
pub mod unsaved;
pub mod view_banner;

pub use connection_status::ConnectionDot;
pub use frame::SignedInFrame;
