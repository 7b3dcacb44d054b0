//! Sockets of agents.

pub mod open_socket;

use serde::Deserialize;

/// What opens a socket.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpenSocket {
    /// A one-time ticket.
    #[serde(default)]
    pub(crate) ticket: String,
}
