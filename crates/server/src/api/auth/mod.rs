//! Registration, verification codes, login, forgotten passwords.

pub mod create_challenge;
pub mod finish_login;
pub mod list_development_codes;
pub mod login;
pub mod logout;
pub mod logout_everywhere;
pub mod refresh_session;
pub mod register_organisation;
pub mod reset_password;
pub mod send_password_reset_code;
pub mod send_verification_code;

mod cookie;
