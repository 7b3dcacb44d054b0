//! What must hold once the network is calm.

use super::*;

impl Simulation {
    /// The state is what it would be fetched afresh, and everything that was said is stored once and in order.
    pub(super) fn check(&self) {
        let (machine, world) = (&self.machine, &self.world);
        assert_eq!(machine.phase(), Phase::Live);
        assert_eq!(machine.state().needs(), []);
        assert_eq!(machine.state().cursor(), Some(world.cursor()));
        assert_eq!(machine.state().me(), &world.me());
        // Far more than a page holds, and counted to the last one.
        let told = world.unread().into_iter().filter(|one| !one.muted);
        assert_eq!(machine.state().total_unread(), told.map(|one| one.unread).sum::<i64>());
        let fresh = world.snapshot(0, 100);
        assert_eq!(machine.state().channels(), fresh.channels);
        assert_eq!(machine.state().channel_tree(), &fresh.channel_tree);
        assert_eq!(machine.state().tag_groups(), fresh.tag_groups);
        for view in [View::default(), self.chosen] {
            let mut theirs = world.page(view, None, 100).items;
            theirs.sort_by_key(|one| !one.pinned);
            let mut ours: Vec<Conversation> = machine.state().list(view).cloned().collect();
            // The list in sight leaves no room while there is more; no list leaves anything out that belongs between its rows.
            assert!(view != self.chosen || ours.len() >= PAGE.min(theirs.len()));
            // The open one stays although it has been read or answered meanwhile.
            let open = machine.state().open_conversation();
            ours.retain(|one| Some(one.id) != open || theirs.iter().any(|theirs| theirs.id == one.id));
            assert!(theirs.starts_with(&ours), "{ours:?} does not begin {theirs:?}");
        }
        for id in world.conversation_ids() {
            let Some(shown) = machine.state().shown(id) else { continue };
            let (from, to) = (shown.first_seq().max(1), shown.last_seq());
            let kept = |seq: i64| (from..=to).contains(&seq) && seq > world.cleared(id);
            let stored = world.messages(id).iter().filter(|message| kept(message.seq));
            assert!(shown.messages().iter().eq(stored), "what is shown has no gap, and nothing that was cleared");
        }
        for id in world.conversation_ids() {
            let held = machine.state().notes(id).map(|held| held.items());
            let open = machine.state().open_conversation() == Some(id);
            let theirs = world.notes(id).unwrap().items;
            assert!(
                held.map_or(!open || theirs.is_empty(), |held| theirs.starts_with(held) && (!open || held == theirs))
            );
        }
        let mut told = self.mentioned.clone();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), self.mentioned.len(), "one is told of a note once");
        assert!(machine.mentions.is_empty(), "and of none too late");
        for ours in machine.state().conversations() {
            assert_eq!(Some(ours), world.conversation(ours.id).as_ref());
        }
        for id in world.conversation_ids() {
            if let Some(timeline) = machine.state().timeline(id) {
                let from = usize::try_from((timeline.first_seq() - 1).max(world.cleared(id))).unwrap();
                assert_eq!(timeline.messages(), &world.messages(id)[from..]);
            }
            let said: Vec<Nonce> = self.said.iter().filter(|(at, _)| *at == id).map(|(_, nonce)| *nonce).collect();
            let stored: Vec<Nonce> =
                world.messages(id).iter().map(|message| message.nonce).filter(|nonce| said.contains(nonce)).collect();
            assert_eq!(stored, said);
        }
        assert!(machine.outbox().entries().is_empty(), "{:?}", machine.outbox());
        assert!(self.kept.is_empty(), "{:?}", self.kept);
    }
}
