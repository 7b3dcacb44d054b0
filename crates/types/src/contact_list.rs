//! The list of contacts: which of them, in which order; giving many of them tags; and carrying them out as a table.

use crate::contacts::{ContactField, ContactSummary};
use crate::error::{FieldCode, FieldError};
use crate::id::{ChannelId, ContactId, ConversationId, TagId, TaggingId};
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What the list of contacts is ordered by. Those that are equal in it stand by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContactSort {
    /// The number, which is also the order in which they first wrote.
    #[default]
    Number,
    /// When they last opened the chat.
    LastSeen,
    /// The name, without regard to capitals of the Latin alphabet; the nameless stand behind all names.
    Name,
}

/// Which contacts. Whatever is absent leaves none out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ContactFilter {
    /// Only those of this channel.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = ChannelId, required = false))]
    pub channel_id: Option<ChannelId>,
    /// Only those whose name, number, phone or remark have all of these words; the phone only for whoever may see it.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 100,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub q: Option<String>,
    /// Only those with this tag.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = TagId, required = false))]
    pub tag_id: Option<TagId>,
    /// Only those on the blacklist, or only those who are not.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub blocked: Option<bool>,
}

impl ContactFilter {
    fn check(&self, faults: &mut Faults, field: &str) {
        if let Some(q) = &self.q {
            faults.check(field, validate::line(q, 1, limits::SEARCH_TEXT_MAX));
        }
    }
}

impl Validate for ContactFilter {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        self.check(&mut faults, "q");
        faults.into_errors()
    }
}

/// A contact as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedContact {
    /// Who.
    pub contact: ContactSummary,
    /// The channel they wrote to.
    pub channel_id: ChannelId,
    /// Their conversation, of several the one in which something was said last; absent when it was deleted.
    pub conversation_id: Option<ConversationId>,
    /// Their phone number, as the agents noted it.
    pub phone: Option<String>,
    /// What the agents noted.
    pub remark: Option<String>,
    /// Country, province and city of the address they last came from.
    pub region: Option<String>,
    /// When they first wrote.
    pub first_seen_at: Timestamp,
    /// When they last opened the chat.
    pub last_seen_at: Timestamp,
    /// The fields that the caller may not see: they hold part of what they are.
    pub masked: Vec<ContactField>,
}

/// Gives tags to many contacts: to those that are named, or to all that a filter finds. A tag of a single-choice group takes the
/// place of the one that a contact has of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTagging {
    /// The tags, of a single-choice group at most one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub tag_ids: Vec<TagId>,
    /// The contacts. Either these or `filter`.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ContactId>, required = false, min_items = 1, max_items = 1000))]
    pub contact_ids: Option<Vec<ContactId>>,
    /// All that the caller sees and this finds, as the list of contacts does. Who first writes later is not among them.
    #[serde(default, deserialize_with = "patch::present_object", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = ContactFilter, required = false))]
    pub filter: Option<ContactFilter>,
}

impl Validate for CreateTagging {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("tag_ids", counted(self.tag_ids.len(), limits::CONTACT_TAGS_MAX));
        check_once(&mut faults, "tag_ids", &self.tag_ids);
        match (&self.contact_ids, &self.filter) {
            (Some(ids), None) => {
                faults.check("contact_ids", counted(ids.len(), limits::TAGGED_BY_NAME_MAX));
                check_once(&mut faults, "contact_ids", ids);
            }
            (None, Some(filter)) => filter.check(&mut faults, "filter.q"),
            (None, None) => {
                faults.check("contact_ids", Err(Fault::new(FieldCode::Required, "or filter must be there")));
            }
            (Some(_), Some(_)) => {
                faults.check("filter", Err(Fault::new(FieldCode::Wrong, "must not come with contact_ids")));
            }
        }
        faults.into_errors()
    }
}

fn counted(items: usize, most: usize) -> Result<(), Fault> {
    match items {
        0 => Err(Fault::new(FieldCode::Required, "must name at least one")),
        items if items > most => {
            let (detail, limit) = (format!("must be at most {most}"), i64::try_from(most).ok());
            Err(Fault { code: FieldCode::TooLong, detail, limit })
        }
        _ => Ok(()),
    }
}

fn check_once<T: std::hash::Hash + Eq>(faults: &mut Faults, field: &str, items: &[T]) {
    let mut seen = HashSet::new();
    for (place, item) in items.iter().enumerate() {
        if !seen.insert(item) {
            faults.check(&format!("{field}[{place}]"), Err(Fault::new(FieldCode::Taken, "stands there twice")));
        }
    }
}

/// What has become of a tagging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaggingState {
    /// It goes on, in steps.
    Running,
    /// It has come to its end.
    Finished,
    /// It was stopped before its end: what it had given is kept.
    Cancelled,
}

impl TaggingState {
    /// The state as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Finished, Self::Cancelled].into_iter().find(|state| state.as_str() == text)
    }
}

/// Tags that many contacts are given: how far it has come, and with which result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tagging {
    /// The tagging.
    pub id: TaggingId,
    /// What has become of it.
    pub state: TaggingState,
    /// The tags.
    pub tag_ids: Vec<TagId>,
    /// How much of it is done, in percent.
    #[cfg_attr(feature = "openapi", schema(maximum = 100))]
    pub percent: u8,
    /// Contacts who have got at least one of the tags.
    pub tagged: u32,
    /// Contacts who had them all.
    pub unchanged: u32,
    /// Contacts left out because they would have more than 20 tags.
    pub no_room: u32,
    /// Named contacts left out because they are not there, or not the caller's to see.
    pub missing: u32,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// An agent's taggings, newest first: the running one, if any, and the last few before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taggings {
    /// The taggings; at most [`limits::TAGGINGS_KEPT`].
    pub items: Vec<Tagging>,
}

/// The language of a table's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TableLanguage {
    /// Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// Asks for a table of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateContactExport {
    /// Which contacts; all that the caller sees, unless said otherwise.
    #[serde(default, deserialize_with = "crate::object::only")]
    pub filter: ContactFilter,
    /// The language of its head; Chinese unless said otherwise.
    #[serde(default)]
    pub language: TableLanguage,
}

impl Validate for CreateContactExport {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        self.filter.check(&mut faults, "filter.q");
        faults.into_errors()
    }
}

/// Where a table of contacts is fetched: once, and soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactExport {
    /// The address, on this server: CSV in UTF-8, made while it is fetched.
    pub path: String,
    /// Until when it may be asked for.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn faults(request: &CreateTagging) -> Vec<(String, FieldCode)> {
        request.validate().into_iter().map(|error| (error.field, error.code)).collect()
    }

    #[test]
    fn a_tagging_says_whom_in_one_way_and_with_which_tags() {
        let (tag, contact) = (TagId(Uuid::from_u128(1)), ContactId(Uuid::from_u128(2)));
        let named = CreateTagging { tag_ids: vec![tag], contact_ids: Some(vec![contact]), filter: None };
        let found = CreateTagging { contact_ids: None, filter: Some(ContactFilter::default()), ..named.clone() };
        assert_eq!((faults(&named), faults(&found)), (vec![], vec![]));
        let both = CreateTagging { filter: found.filter.clone(), ..named.clone() };
        let nobody = CreateTagging { contact_ids: None, ..named.clone() };
        let twice = CreateTagging { tag_ids: vec![tag, tag], contact_ids: Some(vec![contact, contact]), filter: None };
        let nothing = CreateTagging { tag_ids: vec![], ..named };
        let blank = Some(ContactFilter { q: Some(" ".to_owned()), ..ContactFilter::default() });
        let blank = CreateTagging { filter: blank, ..found };
        assert_eq!(faults(&both), [("filter".to_owned(), FieldCode::Wrong)]);
        assert_eq!(faults(&nobody), [("contact_ids".to_owned(), FieldCode::Required)]);
        assert_eq!(
            faults(&twice),
            [("tag_ids[1]".to_owned(), FieldCode::Taken), ("contact_ids[1]".to_owned(), FieldCode::Taken)]
        );
        assert_eq!(faults(&nothing), [("tag_ids".to_owned(), FieldCode::Required)]);
        assert_eq!(faults(&blank), [("filter.q".to_owned(), FieldCode::Required)]);
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in [TaggingState::Running, TaggingState::Finished, TaggingState::Cancelled] {
            assert_eq!(TaggingState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
