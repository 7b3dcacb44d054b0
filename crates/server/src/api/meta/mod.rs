//! What the server says of itself.

pub mod get_health;
pub mod get_liveness;
pub mod get_readiness;
pub mod get_server_info;
