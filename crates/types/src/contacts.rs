//! Contacts: the visitors, as one channel knows them.

use crate::id::{ChannelId, ContactId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A contact in short, as lists and headers show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactSummary {
    /// The contact.
    pub id: ContactId,
    /// Counts the organisation's contacts, from 1: a nameless visitor is "Visitor 42".
    pub number: i64,
    /// Their name, where known.
    pub name: Option<String>,
}

/// Everything known of a contact. What a channel cannot know is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// The contact.
    pub id: ContactId,
    /// Counts the organisation's contacts, from 1.
    pub number: i64,
    /// Their name.
    pub name: Option<String>,
    /// The channel they wrote to.
    pub channel_id: ChannelId,
    /// The address they last came from.
    pub ip: Option<String>,
    /// Country, province and city of that address, as the offline database tells (`中国 · 广东 · 深圳`).
    pub region: Option<String>,
    /// Kind of device: `PC`, `Mobile` …
    pub device: Option<String>,
    /// Operating system with version.
    pub os: Option<String>,
    /// Browser with version.
    pub browser: Option<String>,
    /// The language of their browser (BCP 47).
    pub locale: Option<String>,
    /// The page that led to ours.
    pub referrer: Option<String>,
    /// The page on which they first opened the chat.
    pub landing_page: Option<String>,
    /// That page's title.
    pub landing_title: Option<String>,
    /// When they first wrote.
    pub first_seen_at: Timestamp,
    /// When they last opened the chat.
    pub last_seen_at: Timestamp,
}
