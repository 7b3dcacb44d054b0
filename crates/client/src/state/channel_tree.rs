//! The channels in their groups and their order.

use crate::state::ConsoleState;
use std::collections::HashSet;
use types::channel_tree::ChannelTree;
use types::id::ChannelId;

impl ConsoleState {
    /// The tree of channels. It names every channel that is known, and may name one that is not known yet.
    #[must_use]
    pub fn channel_tree(&self) -> &ChannelTree {
        &self.channel_tree
    }

    /// Takes the tree as changed or fetched, unless a newer one is known. Neither channels that were added at the top level nor those
    /// that were deleted are counted by its revision: what is known of them holds.
    pub fn put_channel_tree(&mut self, tree: ChannelTree) {
        if tree.revision < self.channel_tree.revision {
            return;
        }
        self.channel_tree = tree;
        let gone: Vec<ChannelId> = self.deleted.iter().copied().collect();
        for id in gone {
            self.take_out_of_tree(id);
        }
        let named: HashSet<ChannelId> = self.named_in_tree().collect();
        let fresh = self.channels.iter().map(|channel| channel.id).filter(|id| !named.contains(id));
        self.channel_tree.channel_ids.extend(fresh);
    }

    /// A channel that no tree names stands at the end of those of no group.
    pub(super) fn put_into_tree(&mut self, id: ChannelId) {
        if self.named_in_tree().all(|other| other != id) {
            self.channel_tree.channel_ids.push(id);
        }
    }

    pub(super) fn take_out_of_tree(&mut self, id: ChannelId) {
        let groups = self.channel_tree.groups.iter_mut().map(|group| &mut group.channel_ids);
        for ids in groups.chain([&mut self.channel_tree.channel_ids]) {
            ids.retain(|other| *other != id);
        }
    }

    fn named_in_tree(&self) -> impl Iterator<Item = ChannelId> {
        let ChannelTree { channel_ids, groups, .. } = &self.channel_tree;
        channel_ids.iter().chain(groups.iter().flat_map(|group| &group.channel_ids)).copied()
    }
}
