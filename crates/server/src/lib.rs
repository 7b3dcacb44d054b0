//! The Parlor server: HTTP, WebSocket, actions.
//!
//! Read `router` for what it offers, `state` for what it is made of, `app` for how it starts and stops.

pub mod app;
pub mod router;
pub mod state;

pub mod actions;
pub mod api;
pub mod auth;
pub mod realtime;
pub mod senders;
pub mod shared;

pub mod api_docs;
pub mod assets;
pub mod asyncapi;
pub mod backup;
pub mod clock;
pub mod config;
pub mod cors;
pub mod disk;
pub mod error;
pub mod extract;
pub mod files;
pub mod geo;
pub mod idempotency;
pub mod ids;
pub mod legal;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod outgoing;
pub mod pulse;
pub mod push;
pub mod scopes;
pub mod security;
mod tcp;
pub mod telemetry;
pub mod translation;
pub mod user_agent;
pub mod webhooks;
pub mod widget_page;
