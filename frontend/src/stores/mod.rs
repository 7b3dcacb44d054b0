//! What the console knows, apart from what it shows.

pub mod agents;
pub mod alerts;
pub mod avatar;
pub mod composing;
pub mod contact_edits;
pub mod conversation_settings;
pub mod drafts;
pub mod exclusive;
pub mod files;
pub mod inbox;
pub mod kept_views;
pub mod leave_guard;
pub mod live;
pub mod message_actions;
pub mod notes;
pub mod preferences;
pub mod proof;
pub mod reply_guard;
pub mod search;
pub mod session;
pub mod setup;
pub mod storage;
pub mod tags;
pub mod title;
pub mod uploads;
pub mod web_push;
