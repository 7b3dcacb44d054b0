//! Who calls: keys, tokens, passwords, sessions, and the extractors that handlers name as argument types.

pub mod access_token;
pub mod actor;
pub mod api_token;
pub mod api_tokens;
mod argon2id;
pub(crate) mod at_rest;
pub mod challenge;
pub mod device;
pub mod once;
pub mod password;
pub mod password_rules;
pub mod second_step;
pub mod sessions;
pub mod signing;
pub mod totp;
pub mod visitor;
pub mod watch;
