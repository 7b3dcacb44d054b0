//! The channels in the model: they are edited and deleted, their groups come and go, and they move.

use super::{Talk, World};
use std::collections::BTreeMap;
use types::channel_tree::{ChannelGroup, ChannelTree};
use types::events::Event;
use types::id::{ChannelGroupId, ChannelId};
use uuid::Uuid;

/// As many groups as there are at most.
const MOST: usize = 3;

impl World {
    pub(crate) fn edit_channel(&mut self, number: u128) {
        if self.channels.contains_key(&number) {
            let channel = self.channel(number);
            self.channels.insert(number, channel.clone());
            self.append(Event::ChannelUpdated { channel });
        }
    }

    pub(crate) fn delete_channel(&mut self, number: u128) {
        if let Some(channel) = self.channels.remove(&number) {
            let (gone, kept) =
                std::mem::take(&mut self.talks).into_iter().partition(|(_, talk)| talk.channel == channel.id);
            self.talks = kept;
            let gone: BTreeMap<u128, Talk> = gone;
            self.gone.extend(gone.into_keys());
            let unseen = self.hidden.extract_if(.., |_, talk| talk.channel == channel.id).map(|(number, _)| number);
            self.gone.extend(unseen.collect::<Vec<_>>());
            remove(&mut self.channel_tree, channel.id);
            self.append(Event::ChannelDeleted { channel_id: channel.id });
        }
    }

    pub(crate) fn channel_tree(&self) -> ChannelTree {
        self.channel_tree.clone()
    }

    /// Groups are added, renamed and deleted, and channels moved.
    pub(crate) fn change_channel_tree(&mut self, pick: usize) {
        let new = Uuid::from_u128(u128::try_from(self.tick().0).unwrap());
        let tree = &mut self.channel_tree;
        let at = (pick / 8).checked_rem(tree.groups.len());
        match (pick % 8, at) {
            (0..=2, _) if tree.groups.len() < MOST => {
                tree.groups.push(ChannelGroup {
                    id: ChannelGroupId(new),
                    name: format!("group {new}"),
                    channel_ids: vec![],
                });
            }
            (3, Some(at)) => tree.groups[at].name = format!("renamed {new}"),
            (4, Some(at)) => {
                let group = tree.groups.remove(at);
                tree.channel_ids.extend(group.channel_ids);
            }
            (5, Some(at)) => tree.groups.rotate_left(at),
            (_, Some(at)) => {
                let Some(id) = self.channels.values().nth(pick % 5).map(|channel| channel.id) else { return };
                remove(&mut self.channel_tree, id);
                self.channel_tree.groups[at].channel_ids.insert(0, id);
            }
            (_, None) => self.channel_tree.channel_ids.reverse(),
        }
        self.channel_tree.revision += 1;
        self.append(Event::ChannelTreeUpdated { tree: self.channel_tree.clone() });
    }
}

/// Takes a channel out of its place.
pub(super) fn remove(tree: &mut ChannelTree, id: ChannelId) {
    tree.channel_ids.retain(|other| *other != id);
    for group in &mut tree.groups {
        group.channel_ids.retain(|other| *other != id);
    }
}
