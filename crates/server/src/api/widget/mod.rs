//! What the widget asks for, from pages of any origin.

pub mod create_visitor_socket_ticket;
pub mod get_visitor_unread;
pub mod list_visitor_messages;
pub mod mark_visitor_read;
pub mod open_visitor_session;
pub mod open_visitor_socket;
pub mod send_visitor_message;
