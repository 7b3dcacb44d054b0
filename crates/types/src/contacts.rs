//! Contacts: the visitors, as one channel knows them.

use crate::custom_fields::{self, CustomValue};
use crate::error::{FieldCode, FieldError};
use crate::id::{ChannelId, ContactId, ContactMergeId, TagId};
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
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
    /// Whether they are on the blacklist: nothing is received from them, and their conversation is in no list.
    pub blocked: bool,
    /// Counts what agents changed of them: of two answers the one with the higher count is newer.
    pub version: i64,
    /// Their tags, oldest first. One that was deleted a moment ago may still be among them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tag_ids: Vec<TagId>,
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
    /// The id of their account at the company, where its own server has proven who they are.
    #[serde(default)]
    pub external_id: Option<String>,
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
    /// Their phone number, as the agents noted it.
    pub phone: Option<String>,
    /// What the agents noted.
    pub remark: Option<String>,
    /// Since when they are on the blacklist.
    pub blocked_at: Option<Timestamp>,
    /// Counts what agents changed (name, phone, remark, custom fields, tags, blacklist): [`ContactPatch::version`].
    pub version: i64,
    /// Their tags, oldest first. One that was deleted a moment ago may still be among them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tag_ids: Vec<TagId>,
    /// What stands in the organisation's custom fields, in the order of their ids. A field that was deleted a moment ago may still be
    /// among them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub custom_values: Vec<CustomValue>,
    /// The fields that the caller may not see: they hold part of what they are, so that two can be told apart.
    pub masked: Vec<ContactField>,
}

impl Contact {
    /// Whether this is at least as new as another answer about the same contact.
    #[must_use]
    pub fn is_as_new_as(&self, other: &Self) -> bool {
        (self.version, self.last_seen_at) >= (other.version, other.last_seen_at)
    }

    /// The contact in short.
    #[must_use]
    pub fn summary(&self) -> ContactSummary {
        ContactSummary {
            id: self.id,
            number: self.number,
            name: self.name.clone(),
            blocked: self.blocked_at.is_some(),
            version: self.version,
            tag_ids: self.tag_ids.clone(),
        }
    }
}

/// A field of a contact that not every agent may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    /// The phone number.
    Phone,
    /// The address they came from.
    Ip,
    /// The id of their account at the company.
    ExternalId,
}

/// Changes to a contact; what is absent stays, and an empty text takes away what was there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// The contact's `version` that the caller changes. Another one meanwhile: 409, and nothing is changed.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub version: i64,
    /// Their name.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Their phone number: digits with the usual signs between them.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required = false, max_length = 32, pattern = "^[0-9+() .#*-]*$")
    )]
    pub phone: Option<String>,
    /// What is to be remembered of them.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 1000,
            pattern = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub remark: Option<String>,
    /// What is to stand in custom fields; those that are not named stay.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<CustomValue>, required = false, max_items = 20))]
    pub custom_values: Option<Vec<CustomValue>>,
}

impl Validate for ContactPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("version", validate::range(self.version, 0, i64::MAX));
        if let Some(name) = &self.name {
            faults.check("name", validate::line(name, 0, limits::PERSON_NAME_MAX));
        }
        if let Some(phone) = &self.phone {
            faults.check("phone", validate::phone(phone));
        }
        if let Some(remark) = &self.remark {
            faults.check("remark", validate::text(remark, 0, limits::CONTACT_REMARK_MAX));
        }
        if let Some(values) = &self.custom_values {
            custom_fields::check_values(&mut faults, values);
        }
        faults.into_errors()
    }
}

/// Puts a contact on the blacklist, or takes them off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetBlocked {
    /// Whether they are on it from now on.
    pub blocked: bool,
}

impl Validate for SetBlocked {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Deletes a contact with all that is kept of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteContact {
    /// The contact's name, typed to confirm; of a nameless one their number.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub name: String,
    /// The merges that were shown of the contact: whoever was merged into them is deleted, too, and 409 says that others were, or fewer, by
    /// now. Without it whoever is merged now goes.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ContactMergeId>, required = false, max_items = 20))]
    pub merge_ids: Option<Vec<ContactMergeId>>,
}

impl Validate for DeleteContact {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("name", validate::length(&self.name, 1, limits::PERSON_NAME_MAX));
        if self.merge_ids.as_ref().is_some_and(|ids| ids.len() > limits::CONTACT_MERGES_MAX) {
            let (detail, limit) = (
                format!("must be at most {}", limits::CONTACT_MERGES_MAX),
                i64::try_from(limits::CONTACT_MERGES_MAX).ok(),
            );
            faults.check("merge_ids", Err(Fault { code: FieldCode::TooLong, detail, limit }));
        }
        faults.into_errors()
    }
}

/// Somebody on the blacklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockedContact {
    /// Who.
    pub contact: ContactSummary,
    /// The channel they wrote to.
    pub channel_id: ChannelId,
    /// Since when.
    pub blocked_at: Timestamp,
}
