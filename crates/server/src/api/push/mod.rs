//! Web Push: the browser's subscription.

pub mod get_push_subscription;
pub mod remove_push_subscription;
pub mod set_push_subscription;
