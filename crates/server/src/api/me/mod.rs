//! One's own account, second factor, saved views and sessions.

pub mod begin_second_factor;
pub mod change_password;
pub mod confirm_second_factor;
pub mod create_socket_ticket;
pub mod get_me;
pub mod get_second_factor;
pub mod list_sessions;
pub mod remove_avatar;
pub mod remove_second_factor;
pub mod renew_recovery_codes;
pub mod revoke_other_sessions;
pub mod revoke_session;
pub mod set_avatar;
pub mod set_saved_views;
pub mod update_me;
