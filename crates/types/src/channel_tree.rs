//! The tree of channels: groups, the channels in them, and the order of both.

use crate::error::{FieldCode, FieldError};
use crate::id::{ChannelGroupId, ChannelId};
use crate::limits;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::hash::Hash;

/// A group of channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelGroup {
    /// The group.
    pub id: ChannelGroupId,
    /// What it is called; no other group has the same name, in capitals or not.
    pub name: String,
    /// Its channels, in their order.
    pub channel_ids: Vec<ChannelId>,
}

/// Every channel of the organisation in its place: first those of no group, then the groups. Bounded by
/// [`limits::CHANNELS_MAX`] and [`limits::CHANNEL_GROUPS_MAX`], so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelTree {
    /// Counts the changes of groups and of the order: of two answers the one with the higher count is newer. Channels that are added
    /// at the top level, and those that are deleted, change nothing that anybody has arranged, and are not counted.
    pub revision: i64,
    /// The channels of no group, in their order.
    pub channel_ids: Vec<ChannelId>,
    /// The groups, in their order.
    pub groups: Vec<ChannelGroup>,
}

/// Adds a group, behind the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateChannelGroup {
    /// What it is called.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
}

impl Validate for CreateChannelGroup {
    fn validate(&self) -> Vec<FieldError> {
        check_name(&self.name)
    }
}

/// Changes to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelGroupPatch {
    /// What it is called.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
}

impl Validate for ChannelGroupPatch {
    fn validate(&self) -> Vec<FieldError> {
        check_name(&self.name)
    }
}

fn check_name(name: &str) -> Vec<FieldError> {
    let mut faults = Faults::default();
    faults.check("name", validate::line(name, 1, limits::CHANNEL_GROUP_NAME_MAX));
    faults.into_errors()
}

/// Puts a channel into a group, behind its channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetChannelGroup {
    /// The group; null: none, so that the channel stands at the top level.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    #[serde(deserialize_with = "Option::deserialize")]
    pub group_id: Option<ChannelGroupId>,
}

impl Validate for SetChannelGroup {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A group's place in a new order, with its channels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ArrangedGroup {
    /// The group.
    pub id: ChannelGroupId,
    /// Its channels, in their order.
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub channel_ids: Vec<ChannelId>,
}

/// Sets the order of everything. It names every group and every channel once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ArrangeChannels {
    /// The tree's `revision` that was arranged. Another one meanwhile: 409, and nothing is changed; unless the tree stands so already.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub revision: i64,
    /// The channels of no group, in their order.
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub channel_ids: Vec<ChannelId>,
    /// The groups, in their order.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub groups: Vec<ArrangedGroup>,
}

impl ArrangeChannels {
    /// Every channel with the field that names it.
    pub fn channels(&self) -> impl Iterator<Item = (String, ChannelId)> {
        let loose = self.channel_ids.iter().enumerate().map(|(place, id)| (format!("channel_ids[{place}]"), *id));
        let grouped = self.groups.iter().enumerate().flat_map(|(group, arranged)| {
            let ids = arranged.channel_ids.iter().enumerate();
            ids.map(move |(place, id)| (format!("groups[{group}].channel_ids[{place}]"), *id))
        });
        loose.chain(grouped)
    }

    /// Every group with the field that names it.
    pub fn group_ids(&self) -> impl Iterator<Item = (String, ChannelGroupId)> {
        self.groups.iter().enumerate().map(|(place, group)| (format!("groups[{place}].id"), group.id))
    }
}

impl From<&ChannelTree> for ArrangeChannels {
    fn from(tree: &ChannelTree) -> Self {
        let arranged = |group: &ChannelGroup| ArrangedGroup { id: group.id, channel_ids: group.channel_ids.clone() };
        Self {
            revision: tree.revision,
            channel_ids: tree.channel_ids.clone(),
            groups: tree.groups.iter().map(arranged).collect(),
        }
    }
}

impl Validate for ArrangeChannels {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("revision", validate::range(self.revision, 0, i64::MAX));
        let channels_max = usize::try_from(limits::CHANNELS_MAX).unwrap_or(usize::MAX);
        let counts = [
            ("groups", self.groups.len(), limits::CHANNEL_GROUPS_MAX),
            ("channel_ids", self.channels().count(), channels_max),
        ];
        for (field, count, most) in counts {
            if count > most {
                let (detail, limit) = (format!("must be at most {most} in all"), i64::try_from(most).ok());
                faults.check(field, Err(Fault { code: FieldCode::TooLong, detail, limit }));
            }
        }
        let errors = faults.into_errors();
        if !errors.is_empty() {
            return errors;
        }
        let mut faults = Faults::default();
        check_once(&mut faults, self.channels());
        check_once(&mut faults, self.group_ids());
        faults.into_errors()
    }
}

fn check_once<T: Eq + Hash>(faults: &mut Faults, named: impl Iterator<Item = (String, T)>) {
    let mut seen = HashSet::new();
    for (field, id) in named {
        if !seen.insert(id) {
            faults.check(&field, Err(Fault::new(FieldCode::Taken, "stands there twice")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn channel(number: u128) -> ChannelId {
        ChannelId(Uuid::from_u128(number))
    }

    #[test]
    fn an_order_is_bounded_and_names_nothing_twice() {
        let faults = |channel_ids: Vec<ChannelId>, groups: Vec<(u128, Vec<ChannelId>)>| -> Vec<(String, FieldCode)> {
            let arranged = |(id, channel_ids)| ArrangedGroup { id: ChannelGroupId(Uuid::from_u128(id)), channel_ids };
            let groups = groups.into_iter().map(arranged).collect();
            let errors = ArrangeChannels { revision: 0, channel_ids, groups }.validate();
            errors.into_iter().map(|error| (error.field, error.code)).collect()
        };
        assert_eq!(faults((0..500).map(channel).collect(), vec![(1, vec![]), (2, vec![])]), []);
        let too_many = faults((0..400).map(channel).collect(), vec![(1, (400..501).map(channel).collect())]);
        assert_eq!(too_many, [("channel_ids".to_owned(), FieldCode::TooLong)]);
        let groups = (0..101).map(|id| (id, vec![])).collect();
        assert_eq!(faults(vec![], groups), [("groups".to_owned(), FieldCode::TooLong)]);
        let twice = faults(vec![channel(1)], vec![(1, vec![channel(2), channel(1)]), (1, vec![])]);
        assert_eq!(
            twice,
            [("groups[0].channel_ids[1]".to_owned(), FieldCode::Taken), ("groups[1].id".to_owned(), FieldCode::Taken)]
        );
    }

    #[test]
    fn no_group_is_said_by_null_and_not_by_silence() {
        assert_eq!(serde_json::from_str::<SetChannelGroup>(r#"{"group_id":null}"#).unwrap().group_id, None);
        assert!(serde_json::from_str::<SetChannelGroup>("{}").is_err());
    }
}
