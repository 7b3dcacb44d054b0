//! The inbox's pieces: conversation list, conversation, composer, contact panel.

pub mod attach;
pub mod attachment;
pub mod blacklist_switch;
pub mod chat_window;
pub mod composer;
pub mod contact_fields;
pub mod contact_panel;
pub mod conversation_list;
pub mod conversation_row;
pub mod emoji_picker;
pub mod filter_bar;
pub mod held_order;
pub mod lightbox;
pub mod members;
pub mod message_list;
pub mod message_menu;
pub mod message_row;
pub mod message_text;
pub mod names;
pub mod quote;
pub mod rows;
pub mod scroll;
pub mod search_field;
pub mod search_results;
pub mod settings_menu;
pub mod upload_tray;
