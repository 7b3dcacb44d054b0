//! One's own account, saved views and sessions.

pub mod change_password;
pub mod create_socket_ticket;
pub mod get_me;
pub mod list_sessions;
pub mod remove_avatar;
pub mod revoke_session;
pub mod set_avatar;
pub mod set_saved_views;
pub mod update_me;
