//! The wire: everything that crosses a boundary between Parlor's server and its callers.
//!
//! Ids, enums, requests, responses, WebSocket frames, error codes and limits, shared by the server, the console, the
//! widget and the tests. This crate does no IO and takes no decisions; it compiles to WebAssembly.
//!
//! **Invariant**: a type here is a promise to someone whom we do not control. Changing a serialised shape is a change of
//! the API and shows up in `openapi/openapi.json` or `openapi/asyncapi.yaml`.

pub mod id;
pub mod time;

pub mod domains;
pub mod error;
#[cfg(feature = "json")]
pub mod json;
pub mod limits;
mod number;
pub mod object;
pub mod page;
pub mod patch;
mod tagged;
pub mod validate;

pub mod agents;
pub mod api_tokens;
pub mod assignment;
pub mod attachments;
pub mod audit;
pub mod auth;
pub mod channel_style;
pub mod channel_tree;
pub mod channels;
pub mod contact_imports;
pub mod contact_list;
pub mod contact_merges;
pub mod contacts;
pub mod conversations;
pub mod custom_fields;
pub mod identity;
pub mod legal;
pub mod messages;
pub mod notes;
pub mod password_reset;
pub mod people;
pub mod pre_chat;
pub mod push;
pub mod saved_views;
pub mod search;
pub mod second_factor;
pub mod server_info;
pub mod tags;
pub mod translation;
pub mod visitors;
pub mod webhooks;
pub mod welcome;

pub mod events;
pub mod ws;
