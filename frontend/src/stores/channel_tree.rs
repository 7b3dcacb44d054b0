//! The tree of channels: what it is, which of its groups are folded away here, and whether somebody is arranging it.

use super::storage::{self, Key};
use crate::realtime::Live;
use client::sync::Input;
use leptos::prelude::*;
use std::collections::HashSet;
use types::channel_tree::ChannelTree;
use types::id::{AgentId, ChannelGroupId};

/// The tree. `Copy`; get it by [`use_tree`].
#[derive(Clone, Copy)]
pub struct Tree {
    live: Live,
    me: AgentId,
    folded: RwSignal<HashSet<ChannelGroupId>>,
    /// Whether it is being arranged.
    pub editing: RwSignal<bool>,
    /// Whether a group is being added.
    pub adding: RwSignal<bool>,
}

/// The tree.
pub fn use_tree() -> Tree {
    expect_context()
}

impl Tree {
    /// Makes it available to everything below, for the agent who is signed in.
    pub fn provide(live: Live) {
        let me = live.now(|machine| machine.state().me().id);
        let folded = RwSignal::new(read(storage::read(Key::FoldedGroups(me)).as_deref()));
        storage::watch(Key::FoldedGroups(me), move |text| folded.set(read(text)));
        provide_context(Self { live, me, folded, editing: RwSignal::new(false), adding: RwSignal::new(false) });
    }

    /// As it is; followed by whoever reads it.
    pub fn get(self) -> ChannelTree {
        self.live.on_state(|machine| machine.state().channel_tree().clone())
    }

    /// As it is at this moment.
    pub fn now(self) -> ChannelTree {
        self.live.now(|machine| machine.state().channel_tree().clone())
    }

    /// Takes it as it was arranged here, ahead of its event.
    pub fn put(self, tree: ChannelTree) {
        self.live.handle(Input::ChannelTreeSaved(tree));
    }

    /// Whether a group's channels are folded away.
    pub fn is_folded(self, id: ChannelGroupId) -> bool {
        self.folded.with(|folded| folded.contains(&id))
    }

    /// Folds a group, or unfolds it; remembered in this browser.
    pub fn fold(self, id: ChannelGroupId) {
        let there: HashSet<ChannelGroupId> = self.now().groups.iter().map(|group| group.id).collect();
        self.folded.update(|folded| {
            if !folded.remove(&id) {
                folded.insert(id);
            }
            folded.retain(|id| there.contains(id));
        });
        let text = self.folded.with_untracked(|folded| folded.iter().map(ToString::to_string).collect::<Vec<_>>());
        storage::write(Key::FoldedGroups(self.me), Some(text.join(" ").as_str()).filter(|text| !text.is_empty()));
    }
}

fn read(text: Option<&str>) -> HashSet<ChannelGroupId> {
    text.unwrap_or_default().split(' ').filter_map(|id| id.parse().ok()).collect()
}
