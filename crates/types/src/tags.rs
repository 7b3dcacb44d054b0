//! Tags of contacts, in groups of which a contact has one or several.

use crate::error::{FieldCode, FieldError};
use crate::id::{TagGroupId, TagId};
use crate::limits;
use crate::patch;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The colour of a tag: a closed list, so that each is readable in the light and in the dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TagColor {
    /// Gray.
    Gray,
    /// Red.
    Red,
    /// Orange.
    Orange,
    /// Yellow.
    Yellow,
    /// Green.
    Green,
    /// Teal.
    Teal,
    /// Blue.
    #[default]
    Blue,
    /// Purple.
    Purple,
}

impl TagColor {
    /// Every colour, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Blue, Self::Teal, Self::Green, Self::Yellow, Self::Orange, Self::Red, Self::Purple, Self::Gray];

    /// The colour as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gray => "gray",
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Purple => "purple",
        }
    }

    /// The colour of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|color| color.as_str() == text)
    }
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    /// The tag.
    pub id: TagId,
    /// What it is called; no other tag of its group has the same name, in capitals or not.
    pub name: String,
    /// Its colour.
    pub color: TagColor,
}

/// A group of tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagGroup {
    /// The group.
    pub id: TagGroupId,
    /// What it is called; no other group has the same name, in capitals or not.
    pub name: String,
    /// Whether a contact has at most one of its tags.
    pub single_choice: bool,
    /// Where it stands among the groups: lower first. The numbers have gaps.
    pub rank: i64,
    /// Counts the changes of the group and of its tags: of two answers the one with the higher count is newer.
    pub version: i64,
    /// Its tags, in their order; at most 100.
    pub tags: Vec<Tag>,
}

/// Every group of tags of the organisation, in their order. Bounded by [`limits::TAG_GROUPS_MAX`] and [`limits::TAGS_MAX`], so not
/// paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagGroups {
    /// The groups.
    pub items: Vec<TagGroup>,
}

/// Adds a group of tags, behind the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTagGroup {
    /// What it is called.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// Whether a contact has at most one of its tags; no unless said otherwise.
    #[serde(default)]
    pub single_choice: bool,
}

impl Validate for CreateTagGroup {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_name(&mut faults, Some(&self.name));
        faults.into_errors()
    }
}

/// Changes to a group of tags; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagGroupPatch {
    /// What it is called.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Whether a contact has at most one of its tags. 409 while contacts have several of them: see the group's contents.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub single_choice: Option<bool>,
    /// Which place it takes among the groups, from 0; beyond the last one is the last.
    #[serde(default, deserialize_with = "crate::number::whole_if_present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = u16, required = false, maximum = 1000))]
    pub place: Option<u16>,
}

impl Validate for TagGroupPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_name(&mut faults, self.name.as_deref());
        check_place(&mut faults, self.place);
        faults.into_errors()
    }
}

/// Adds a tag to a group, behind the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateTag {
    /// What it is called.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// Its colour; blue unless said otherwise.
    #[serde(default)]
    pub color: TagColor,
}

impl Validate for CreateTag {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_name(&mut faults, Some(&self.name));
        faults.into_errors()
    }
}

/// Changes to a tag; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    /// What it is called.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Its colour.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = TagColor, required = false))]
    pub color: Option<TagColor>,
    /// Which place it takes in its group, from 0; beyond the last one is the last.
    #[serde(default, deserialize_with = "crate::number::whole_if_present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = u16, required = false, maximum = 1000))]
    pub place: Option<u16>,
}

impl Validate for TagPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_name(&mut faults, self.name.as_deref());
        check_place(&mut faults, self.place);
        faults.into_errors()
    }
}

/// Sets all tags of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetContactTags {
    /// The contact's `version` whose tags the caller changes. Another one meanwhile: 409, and nothing is changed; unless these are
    /// the contact's tags already.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub version: i64,
    /// Every tag that the contact has from then on, in any order: at most 20, and of a single-choice group at most one.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub tag_ids: Vec<TagId>,
}

impl Validate for SetContactTags {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("version", validate::range(self.version, 0, i64::MAX));
        if self.tag_ids.len() > limits::CONTACT_TAGS_MAX {
            let detail = format!("must be at most {} tags", limits::CONTACT_TAGS_MAX);
            let limit = i64::try_from(limits::CONTACT_TAGS_MAX).ok();
            faults.check("tag_ids", Err(Fault { code: FieldCode::TooLong, detail, limit }));
        }
        let mut seen = HashSet::new();
        for (place, id) in self.tag_ids.iter().enumerate() {
            if !seen.insert(id) {
                let twice = Fault::new(FieldCode::Taken, "stands there twice");
                faults.check(&format!("tag_ids[{place}]"), Err(twice));
            }
        }
        faults.into_errors()
    }
}

/// What goes when a tag is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagContents {
    /// How many contacts have it.
    pub contacts: u64,
}

/// What goes when a group of tags is deleted, and what stands in the way of making it single-choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagGroupContents {
    /// How many contacts have one of its tags, or several.
    pub contacts: u64,
    /// How many contacts have several of its tags.
    pub contacts_with_several: u64,
}

/// A name as it is compared with others: people take two that differ in capitals, or in the white space around them, for one.
#[must_use]
pub fn comparable(name: &str) -> String {
    name.trim().to_lowercase()
}

fn check_name(faults: &mut Faults, name: Option<&str>) {
    if let Some(name) = name {
        faults.check("name", validate::line(name, 1, limits::TAG_NAME_MAX));
    }
}

fn check_place(faults: &mut Faults, place: Option<u16>) {
    if let Some(place) = place {
        faults.check("place", validate::range(place.into(), 0, 1_000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> TagId {
        TagId(Uuid::from_u128(number))
    }

    #[test]
    fn colours_are_a_closed_list() {
        for color in TagColor::ALL {
            assert_eq!(TagColor::parse(color.as_str()), Some(color));
            assert_eq!(serde_json::to_value(color).unwrap(), color.as_str());
        }
        assert_eq!(TagColor::parse("pink"), None);
        assert_eq!(TagColor::ALL.into_iter().collect::<HashSet<_>>().len(), TagColor::ALL.len());
    }

    #[test]
    fn a_set_of_tags_is_bounded_and_names_none_twice() {
        let faults = |tag_ids: Vec<TagId>| -> Vec<(String, FieldCode)> {
            let errors = SetContactTags { version: 0, tag_ids }.validate();
            errors.into_iter().map(|error| (error.field, error.code)).collect()
        };
        assert_eq!(faults((0..20).map(id).collect()), []);
        assert_eq!(faults((0..21).map(id).collect()), [("tag_ids".to_owned(), FieldCode::TooLong)]);
        assert_eq!(faults(vec![id(1), id(2), id(1)]), [("tag_ids[2]".to_owned(), FieldCode::Taken)]);
    }

    #[test]
    fn names_are_one_line_that_says_something() {
        let code = |name: &str| {
            let errors = CreateTag { name: name.to_owned(), color: TagColor::Red }.validate();
            errors.into_iter().map(|error| error.code).collect::<Vec<_>>()
        };
        assert_eq!(code("重要客户"), []);
        assert_eq!(code("  "), [FieldCode::Required]);
        assert_eq!(code(&"长".repeat(21)), [FieldCode::TooLong]);
        assert_eq!(code("a\nb"), [FieldCode::InvalidFormat]);
        assert_eq!(comparable(" VIP "), comparable("vip"));
    }
}
