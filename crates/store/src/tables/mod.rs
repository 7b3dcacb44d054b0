//! The tables as entities, and nothing else: no decisions, no wire types. `docs` of the columns are in the migrations and
//! in the wire types that they become.
#![expect(unreachable_pub, reason = "the derives want `pub` although the tables never leave the crate")]

pub mod agent;
pub mod agent_group;
pub mod agent_group_member;
pub mod api_token;
pub mod attachment;
pub mod audit_entry;
pub mod avatar;
pub mod channel;
pub mod channel_agent_group;
pub mod channel_domains;
pub mod channel_group;
pub mod channel_identity;
pub mod contact;
pub mod contact_custom_field;
pub mod contact_import;
pub mod contact_import_part;
pub mod contact_merge;
pub mod contact_tag;
pub mod conversation;
pub mod conversation_member;
pub mod custom_field_list;
pub mod deleted_custom_field;
pub mod event;
pub mod idempotency_key;
pub mod message;
pub mod note;
pub mod organisation;
pub mod push_subscription;
pub mod read_mark;
pub mod recovery_code;
pub mod search_document;
pub mod second_factor;
pub mod session;
pub mod style_version;
pub mod tag;
pub mod tag_group;
pub mod tagging;
pub mod verification_code;
pub mod webhook;
pub mod webhook_delivery;
pub mod welcome;
