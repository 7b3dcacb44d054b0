//! What the server says of itself before anybody has signed in.

use crate::password_reset::ResetBy;
use serde::{Deserialize, Serialize};

/// How verification codes reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CodeDelivery {
    /// Printed in the server's log and, in development, shown on a page of its own.
    Console,
    /// By email; the form asks for the address first.
    Email,
    /// Posted to the operator's own gateway.
    Webhook,
    /// By text message, through Aliyun.
    Aliyun,
}

/// The server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServerInfo {
    /// The version, as `0.1.0`.
    pub version: String,
    /// The commit it was built from, where known.
    pub commit: Option<String>,
    /// Whether it runs in development mode.
    pub development: bool,
    /// How verification codes reach people.
    pub code_delivery: CodeDelivery,
    /// By which of their addresses people who have forgotten their password get a code.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub password_reset_by: Vec<ResetBy>,
    /// The product's own site.
    pub site_url: String,
    /// Whether agents can have messages translated.
    pub translation: bool,
}

/// The process answers, and whether its database does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// `ok`, or the error answers with 503 instead.
    pub status: String,
}
