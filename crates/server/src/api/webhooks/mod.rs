//! Webhooks, and the log of what each was told.

pub mod create_webhook;
pub mod delete_webhook;
pub mod get_webhook;
pub mod get_webhook_delivery;
pub mod list_webhook_deliveries;
pub mod list_webhooks;
pub mod replay_failed_webhook_deliveries;
pub mod replay_webhook_delivery;
pub mod rotate_webhook_secret;
pub mod send_webhook_test;
pub mod update_webhook;
