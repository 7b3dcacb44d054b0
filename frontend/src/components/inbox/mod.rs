//! The inbox's pieces: conversation list, conversation, composer, contact panel.

pub mod chat_window;
pub mod composer;
pub mod contact_panel;
pub mod conversation_list;
pub mod conversation_row;
pub mod emoji_picker;
pub mod filter_bar;
pub mod held_order;
pub mod message_list;
pub mod message_row;
pub mod message_text;
pub mod names;
pub mod rows;
pub mod scroll;
pub mod search_field;
pub mod search_results;
