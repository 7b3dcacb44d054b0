//! Who a channel's visitors are to the company: the secret by which its server proves it.

pub mod create_identity_secret;
pub mod delete_identity_secret;
pub mod get_channel_identity;
