//! Registration, verification codes, login.

pub mod create_challenge;
pub mod list_development_codes;
pub mod login;
pub mod logout;
pub mod logout_everywhere;
pub mod refresh_session;
pub mod register_organisation;
pub mod send_verification_code;

mod cookie;
