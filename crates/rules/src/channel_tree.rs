//! The tree of channels: whether an order is one of what there is, how things move in it, and what becomes of an order that is being
//! made while others change the tree.
//!
//! As a list of rows the tree is: the channels of no group, then each group with its channels below it. So every place between two
//! rows says by itself which group it belongs to.

use std::collections::HashSet;
use types::channel_tree::{ArrangeChannels, ArrangedGroup, ChannelGroup, ChannelTree};
use types::error::{FieldCode, FieldError};
use types::id::{ChannelGroupId, ChannelId};
use types::validate::Fault;

/// One row of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Row {
    /// A group, above its channels.
    Group(ChannelGroupId),
    /// A channel, which belongs to the group above it.
    Channel(ChannelId),
}

/// What stands against an order: what is not there, or not named. It names nothing twice: that was checked when it came in.
#[must_use]
pub fn check(tree: &ChannelTree, wanted: &ArrangeChannels) -> Vec<FieldError> {
    let channels: HashSet<ChannelId> = channels_of(tree).collect();
    let groups: HashSet<ChannelGroupId> = tree.groups.iter().map(|group| group.id).collect();
    let wrong = |field, detail: &str| Fault::new(FieldCode::Wrong, detail).of(field);
    let strange_channels = wanted.channels().filter(|(_, id)| !channels.contains(id));
    let strange_groups = wanted.group_ids().filter(|(_, id)| !groups.contains(id));
    let mut faults: Vec<FieldError> =
        strange_channels.map(|(field, _)| wrong(field, "is no channel of the organisation")).collect();
    faults.extend(strange_groups.map(|(field, _)| wrong(field, "is no group of the organisation")));
    if !faults.is_empty() {
        return faults;
    }
    let lacks = [
        ("channel_ids", "channels", channels.len().saturating_sub(wanted.channels().count())),
        ("groups", "groups", groups.len().saturating_sub(wanted.groups.len())),
    ];
    for (field, what, count) in lacks.into_iter().filter(|(_, _, count)| *count > 0) {
        faults.push(Fault::new(FieldCode::Required, format!("{count} {what} are not named anywhere")).of(field));
    }
    faults
}

/// The tree in another order, which was [checked](check): groups keep their names.
#[must_use]
pub fn arranged(tree: &ChannelTree, wanted: ArrangeChannels) -> ChannelTree {
    let group = |ArrangedGroup { id, channel_ids }: ArrangedGroup| {
        let name = tree.groups.iter().find(|group| group.id == id).map(|group| group.name.clone());
        ChannelGroup { id, name: name.unwrap_or_default(), channel_ids }
    };
    let groups = wanted.groups.into_iter().map(group).collect();
    ChannelTree { revision: tree.revision, channel_ids: wanted.channel_ids, groups }
}

/// Every channel of the tree, from above.
pub fn channels_of(tree: &ChannelTree) -> impl Iterator<Item = ChannelId> {
    tree.channel_ids.iter().chain(tree.groups.iter().flat_map(|group| &group.channel_ids)).copied()
}

/// The group that a channel is in.
#[must_use]
pub fn group_of(tree: &ChannelTree, channel: ChannelId) -> Option<ChannelGroupId> {
    tree.groups.iter().find(|group| group.channel_ids.contains(&channel)).map(|group| group.id)
}

/// The tree's rows, from above.
#[must_use]
pub fn rows(tree: &ChannelTree) -> Vec<Row> {
    let mut rows: Vec<Row> = tree.channel_ids.iter().copied().map(Row::Channel).collect();
    for group in &tree.groups {
        rows.push(Row::Group(group.id));
        rows.extend(group.channel_ids.iter().copied().map(Row::Channel));
    }
    rows
}

/// The tree with one of its rows moved to stand before the row that is at `gap` now; beyond the last one, behind all. A channel gets
/// into the group whose rows are there. A group takes its channels along, and stands before or behind another one, whichever is
/// nearer: not within it, and not above channels of no group.
#[must_use]
pub fn moved(tree: &ChannelTree, row: Row, gap: usize) -> ChannelTree {
    let before = rows(tree);
    if !before.contains(&row) {
        return tree.clone();
    }
    match row {
        Row::Channel(id) => with_channel_at(tree, id, &before, gap),
        Row::Group(id) => with_group_at(tree, id, gap),
    }
}

fn with_channel_at(tree: &ChannelTree, id: ChannelId, before: &[Row], gap: usize) -> ChannelTree {
    let above = before.iter().take(gap);
    let section = above.clone().rev().find_map(|row| match row {
        Row::Group(id) => Some(*id),
        Row::Channel(_) => None,
    });
    let place =
        above.rev().take_while(|row| matches!(row, Row::Channel(_))).filter(|row| **row != Row::Channel(id)).count();
    let mut after = without(tree, id);
    let channels = match section {
        Some(section) => after.groups.iter_mut().find(|group| group.id == section).map(|group| &mut group.channel_ids),
        None => Some(&mut after.channel_ids),
    };
    if let Some(channels) = channels {
        channels.insert(place.min(channels.len()), id);
    }
    after
}

fn with_group_at(tree: &ChannelTree, id: ChannelGroupId, gap: usize) -> ChannelTree {
    let mut after = tree.clone();
    let mut begin = tree.channel_ids.len();
    let mut place = 0_usize;
    for group in &tree.groups {
        let length = group.channel_ids.len().saturating_add(1);
        // Nearer to its end than to its beginning.
        if group.id != id && gap.saturating_sub(begin).saturating_mul(2) > length {
            place = place.saturating_add(1);
        }
        begin = begin.saturating_add(length);
    }
    if let Some(from) = after.groups.iter().position(|group| group.id == id) {
        let group = after.groups.remove(from);
        after.groups.insert(place.min(after.groups.len()), group);
    }
    after
}

fn without(tree: &ChannelTree, id: ChannelId) -> ChannelTree {
    let mut after = tree.clone();
    after.channel_ids.retain(|other| *other != id);
    for group in &mut after.groups {
        group.channel_ids.retain(|other| *other != id);
    }
    after
}

/// The tree with a row one step further up or down. At the edge of a group a channel steps out of it, or into the next one.
#[must_use]
pub fn stepped(tree: &ChannelTree, row: Row, down: bool) -> ChannelTree {
    if let Row::Group(id) = row {
        let mut after = tree.clone();
        let Some(from) = tree.groups.iter().position(|group| group.id == id) else { return after };
        let to = if down { from.saturating_add(1) } else { from.saturating_sub(1) };
        if to < after.groups.len() {
            after.groups.swap(from, to);
        }
        return after;
    }
    let Some(from) = rows(tree).iter().position(|other| *other == row) else { return tree.clone() };
    // Down past the row below it, which is two gaps further.
    moved(tree, row, if down { from.saturating_add(2) } else { from.saturating_sub(1) })
}

/// What an order becomes whose maker has not seen the newest tree: it loses what is gone, whose channels go to the end of those of
/// no group, and what is new stands where it stands in the newest tree, at the end.
#[must_use]
pub fn carried_over(order: &ChannelTree, newest: &ChannelTree) -> ChannelTree {
    let there: HashSet<ChannelId> = channels_of(newest).collect();
    let mut after = ChannelTree { revision: newest.revision, channel_ids: Vec::new(), groups: Vec::new() };
    let kept = |ids: &[ChannelId]| -> Vec<ChannelId> { ids.iter().filter(|id| there.contains(id)).copied().collect() };
    after.channel_ids = kept(&order.channel_ids);
    for group in &order.groups {
        match newest.groups.iter().find(|other| other.id == group.id) {
            Some(now) => {
                let channel_ids = kept(&group.channel_ids);
                after.groups.push(ChannelGroup { id: group.id, name: now.name.clone(), channel_ids });
            }
            None => after.channel_ids.extend(kept(&group.channel_ids)),
        }
    }
    for group in &newest.groups {
        if after.groups.iter().all(|other| other.id != group.id) {
            after.groups.push(ChannelGroup { channel_ids: Vec::new(), ..group.clone() });
        }
    }
    let known: HashSet<ChannelId> = channels_of(&after).collect();
    let fresh =
        |ids: &[ChannelId]| -> Vec<ChannelId> { ids.iter().filter(|id| !known.contains(id)).copied().collect() };
    after.channel_ids.extend(fresh(&newest.channel_ids));
    for group in &mut after.groups {
        if let Some(now) = newest.groups.iter().find(|other| other.id == group.id) {
            group.channel_ids.extend(fresh(&now.channel_ids));
        }
    }
    after
}

/// Whether somebody else has arranged the tree since it stood as `base`: what was added, renamed or deleted is no order of theirs.
#[must_use]
pub fn is_rearranged(base: &ChannelTree, newest: &ChannelTree) -> bool {
    carried_over(base, newest) != *newest
}

#[cfg(test)]
mod tests;
