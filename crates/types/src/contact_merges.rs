//! Merging two contacts who are one person, and undoing it.
//!
//! The survivor is the one contact that agents see from then on; the merged one leads to them. Each conversation stays its own
//! visitor's: neither of the two browsers reads what was said with the other.

use crate::contact_list::ListedContact;
use crate::contacts::{Contact, ContactSummary};
use crate::custom_fields::CustomValue;
use crate::error::{FieldCode, FieldError};
use crate::id::{AgentId, ChannelId, ContactId, ContactMergeId, CustomFieldId, TagGroupId, TagId};
use crate::limits;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::hash::Hash;

/// What of a contact agents note: what a merge chooses from, and what an undone one gives back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ContactFields {
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// What is to be remembered.
    pub remark: Option<String>,
    /// Since when they are on the blacklist.
    pub blocked_at: Option<Timestamp>,
    /// The tags.
    pub tag_ids: Vec<TagId>,
    /// What stands in custom fields, in the order of their ids.
    pub custom_values: Vec<CustomValue>,
}

impl From<&Contact> for ContactFields {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.clone(),
            phone: contact.phone.clone(),
            remark: contact.remark.clone(),
            blocked_at: contact.blocked_at,
            tag_ids: contact.tag_ids.clone(),
            custom_values: contact.custom_values.clone(),
        }
    }
}

/// What the survivor takes from the other one although they have something there themselves. Where only one of the two has something,
/// it is kept without being named here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TakenFields {
    /// The name.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub name: bool,
    /// The phone number.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub phone: bool,
    /// The remark.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub remark: bool,
    /// Custom fields.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 20))]
    pub custom_field_ids: Vec<CustomFieldId>,
    /// Single-choice groups of which each has another tag. Of other groups both keep theirs.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 50))]
    pub tag_group_ids: Vec<TagGroupId>,
}

/// Merges another contact into the one that is named by the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MergeContacts {
    /// The other one, who leads to the survivor from then on.
    pub other_id: ContactId,
    /// The survivor's `version` that was looked at.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub version: i64,
    /// The other one's `version` that was looked at.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub other_version: i64,
    /// What is taken from the other one where both have something.
    #[serde(default, deserialize_with = "crate::object::only")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub take: TakenFields,
}

impl Validate for MergeContacts {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("version", validate::range(self.version, 0, i64::MAX));
        faults.check("other_version", validate::range(self.other_version, 0, i64::MAX));
        check_list(&mut faults, "take.custom_field_ids", &self.take.custom_field_ids, limits::CUSTOM_FIELDS_MAX);
        check_list(&mut faults, "take.tag_group_ids", &self.take.tag_group_ids, limits::TAG_GROUPS_MAX);
        faults.into_errors()
    }
}

fn check_list<T: Copy + Eq + Hash>(faults: &mut Faults, field: &str, ids: &[T], most: usize) {
    if ids.len() > most {
        let (detail, limit) = (format!("must be at most {most}"), i64::try_from(most).ok());
        faults.check(field, Err(Fault { code: FieldCode::TooLong, detail, limit }));
        return;
    }
    let mut seen = HashSet::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        if !seen.insert(*id) {
            faults.check(&format!("{field}[{place}]"), Err(Fault::new(FieldCode::Wrong, "must not be named twice")));
        }
    }
}

/// A merge that was not undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactMerge {
    /// The merge.
    pub id: ContactMergeId,
    /// Who is there.
    pub survivor_id: ContactId,
    /// Who leads to them, as they were.
    pub merged: ContactSummary,
    /// The channel that the merged one wrote to.
    pub channel_id: ChannelId,
    /// Who merged them.
    pub merged_by: AgentId,
    /// Their name at the time.
    pub merged_by_name: String,
    /// When.
    pub merged_at: Timestamp,
    /// Until when it can be undone.
    pub undo_until: Timestamp,
}

/// What was merged into a contact, and before into those who were, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactMerges {
    /// The merges; at most 20.
    pub items: Vec<ContactMerge>,
}

/// A merge that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergedContact {
    /// The survivor as they are now.
    pub contact: Contact,
    /// The merge, by which it is undone.
    pub merge: ContactMerge,
}

/// Two contacts whose merge was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeparatedContacts {
    /// The survivor as they are now.
    pub contact: Contact,
    /// Who is there again.
    pub other: Contact,
}

/// Why somebody may be the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DuplicateReason {
    /// Their proven account at the company is the same, at another channel.
    SameAccount,
    /// The phone number is the same, however it is written.
    SamePhone,
    /// The name is the same, without regard to capitals of the Latin alphabet.
    SameName,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DuplicateContact {
    /// Who.
    pub contact: ListedContact,
    /// Why; the strongest reason first.
    pub reasons: Vec<DuplicateReason>,
}

/// Who may be the same person as a contact, the likeliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DuplicateContacts {
    /// The contacts; at most 20.
    pub items: Vec<DuplicateContact>,
}
