//! The verbs of the product: the only place that begins a write.
//!
//! REST handlers, socket frames and jobs call the same action. An action checks everything that can fail by input, then
//! hands one unit of work to the writer; what it answers is durable.

pub mod agent_groups;
pub mod agents;
pub mod api_tokens;
pub mod assigning;
pub mod attachments;
pub mod audit_log;
pub mod auth;
pub mod avatars;
pub mod channel_styles;
pub mod channel_tree;
pub mod channels;
pub mod contact_data;
pub mod contact_exports;
pub mod contact_imports;
pub mod contact_merges;
pub mod contacts;
pub mod conversations;
pub mod custom_fields;
pub mod domains;
pub mod erasing;
pub mod identity;
pub mod indexing;
pub mod me;
pub mod members;
pub mod messages;
pub mod notes;
pub mod notices;
pub mod organisation;
pub mod people;
pub mod pre_chat;
pub mod purges;
pub mod push;
pub mod pushing;
pub mod queue_places;
pub mod recalling;
pub mod second_factor;
pub mod snoozing;
pub mod sockets;
pub mod standing;
pub(crate) mod table_pass;
pub mod taggings;
pub mod tags;
pub mod telling_webhooks;
pub mod translating;
pub mod typing;
pub mod views;
pub mod visitors;
pub mod webhooks;
pub mod welcome;
