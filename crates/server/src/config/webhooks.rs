//! Where webhooks may lead.

use serde::Deserialize;

/// Webhooks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Whether they may lead into private networks and to this machine, and by plain `http`.
    pub allow_private: bool,
}
