//! Away from the end: a second stretch of the open conversation, apart from the one that ends at the newest message, until the
//! two meet. It begins by jumping to a message, or by reading up so far that what lies below is let go of.

use crate::state::{ConsoleState, Need};
use crate::timeline::Timeline;
use types::id::ConversationId;
use types::messages::MessageWindow;

/// More messages than these are not shown of one conversation: what is furthest from the person's eyes is let go of, and fetched
/// again when they come back to it. It bounds what a browser has to draw and keep, however long somebody reads.
const SHOWN_MOST: usize = 400;
/// How many stay then.
const SHOWN_AFTER: usize = 250;
/// How many stay at the end of a conversation that is read far above it.
const KEPT_AT_END: usize = 50;

impl ConsoleState {
    /// The person wants to see a message with its surroundings.
    pub fn jump(&mut self, id: ConversationId, seq: i64) {
        if !self.shown(id).is_some_and(|timeline| timeline.contains(seq)) {
            self.detached = None;
        }
        // An address may name any number. Messages are counted from 1, and what can be none is not asked for.
        self.target = (seq >= 1).then_some((id, seq));
    }

    /// The person wants to see the newest messages again.
    pub fn leave_jump(&mut self, id: ConversationId) {
        if self.target.is_some_and(|(target, _)| target == id) || self.is_detached(id) {
            self.forget_jump();
        }
    }

    /// The messages of a conversation up to this `seq` were cleared, whichever stretch holds them. Nobody jumps to one that is gone.
    pub(super) fn clear_messages(&mut self, id: ConversationId, seq: i64) {
        if let Some(timeline) = self.timelines.get_mut(&id) {
            timeline.clear(seq);
        }
        let mut is_lost = self.target.is_some_and(|(target, at)| target == id && at <= seq);
        if let Some((_, detached)) = self.detached.as_mut().filter(|(of, _)| *of == id) {
            detached.clear(seq);
            is_lost |= detached.messages().is_empty();
        }
        if is_lost {
            self.forget_jump();
        }
    }

    /// The messages to show of a conversation: the surroundings of the message that was jumped to, or the newest.
    #[must_use]
    pub fn shown(&self, id: ConversationId) -> Option<&Timeline> {
        let detached = self.detached.as_ref().filter(|(of, _)| *of == id).map(|(_, timeline)| timeline);
        detached.or_else(|| self.timeline(id))
    }

    /// Whether what is shown of a conversation ends before its newest messages.
    #[must_use]
    pub fn is_detached(&self, id: ConversationId) -> bool {
        self.detached.as_ref().is_some_and(|(of, _)| *of == id)
    }

    /// Takes the surroundings of a message.
    pub fn put_around(&mut self, id: ConversationId, seq: i64, window: MessageWindow) {
        if self.target != Some((id, seq)) {
            return;
        }
        self.clear_messages(id, window.cleared_seq);
        let mut around = Timeline::new(window);
        around.clear(self.conversations.get(&id).map_or(0, |conversation| conversation.cleared_seq));
        if around.contains(seq) {
            self.detached = Some((id, around));
            self.join_detached();
        } else {
            // It is there no more: nothing to jump to.
            self.forget_jump();
        }
    }

    /// Takes earlier messages. Returns how many were new.
    pub fn put_earlier(&mut self, id: ConversationId, window: MessageWindow) -> usize {
        self.clear_messages(id, window.cleared_seq);
        let Some(timeline) = self.shown_mut(id) else { return 0 };
        let count = timeline.prepend(window);
        if timeline.messages().len() > SHOWN_MOST {
            self.let_go_below(id);
        }
        count
    }

    /// Of what is shown only the beginning stays, where the person reads.
    fn let_go_below(&mut self, id: ConversationId) {
        if let Some((_, apart)) = self.detached.as_mut().filter(|(of, _)| *of == id) {
            apart.keep_oldest(SHOWN_AFTER);
        } else if let Some(live) = self.timelines.get_mut(&id)
            && let Some(end) = live.split(SHOWN_AFTER, KEPT_AT_END)
        {
            self.detached = Some((id, std::mem::replace(live, end)));
        }
    }

    /// Takes messages that come after the surroundings. Returns whether any did.
    pub fn put_later(&mut self, id: ConversationId, window: MessageWindow) -> bool {
        self.clear_messages(id, window.cleared_seq);
        let Some((_, timeline)) = self.detached.as_mut().filter(|(of, _)| *of == id) else { return false };
        let before = timeline.last_seq();
        timeline.extend(window);
        let came = timeline.last_seq() > before;
        self.join_detached();
        // The person reads near the end: it is the beginning that goes.
        if let Some(timeline) = self.shown_mut(id).filter(|timeline| timeline.messages().len() > SHOWN_MOST) {
            timeline.keep_newest(SHOWN_AFTER);
        }
        came
    }

    pub(super) fn shown_mut(&mut self, id: ConversationId) -> Option<&mut Timeline> {
        let detached = self.detached.as_mut().filter(|(of, _)| *of == id).map(|(_, timeline)| timeline);
        match detached {
            Some(timeline) => Some(timeline),
            None => self.timelines.get_mut(&id),
        }
    }

    pub(super) fn forget_jump(&mut self) {
        self.target = None;
        self.detached = None;
    }

    /// The surroundings that are still to be fetched, of a message of this conversation that the person wants to see.
    #[must_use]
    pub fn needs_around(&self, open: ConversationId) -> Option<Need> {
        let (id, seq) = self.target.filter(|(id, _)| *id == open)?;
        let recalls = self.conversations.get(&id).map_or(0, |conversation| conversation.recalls);
        let is_there = self.shown(id).is_some_and(|timeline| timeline.contains(seq) && !timeline.is_outdated(recalls));
        (!is_there).then_some(Need::Around(id, seq))
    }

    /// After a snapshot: the surroundings stay before the person's eyes, unless the server is not the one that we knew.
    pub(super) fn keep_detached(&mut self, detached: Option<(ConversationId, Timeline)>) {
        self.detached = detached.filter(|(id, timeline)| {
            let conversation = self.conversations.get(id);
            self.open == Some(*id)
                && conversation
                    .is_some_and(|one| timeline.last_seq() <= one.last_seq && !timeline.is_outdated(one.recalls))
        });
        if let Some(id) = self.open {
            let cleared = self.conversations.get(&id).map_or(0, |conversation| conversation.cleared_seq);
            self.clear_messages(id, cleared);
        }
    }

    /// Where the two stretches touch, they become one.
    pub(super) fn join_detached(&mut self) {
        let Some((id, detached)) = &self.detached else { return };
        let Some(live) = self.timelines.get_mut(id) else { return };
        if detached.last_seq().saturating_add(1) >= live.first_seq() {
            live.prepend(detached.as_window());
            self.detached = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::World;
    use crate::rest::Stretch;
    use crate::samples;

    /// A conversation of so many messages, of which the newest few are held.
    fn scene(messages: usize, held: usize) -> (World, ConsoleState, ConversationId) {
        let mut world = World::new(1);
        (0..messages).for_each(|_| world.visitor_says(1));
        let id = samples::conversation_id(1);
        let mut state = ConsoleState::new(world.me());
        state.load(world.snapshot(world.cursor(), 10));
        state.open(Some(id));
        state.put_messages(id, world.window(id, Stretch::Newest, held).unwrap());
        (world, state, id)
    }

    fn seqs(state: &ConsoleState, id: ConversationId) -> (i64, i64) {
        let shown = state.shown(id).unwrap();
        (shown.first_seq(), shown.last_seq())
    }

    #[test]
    fn a_message_of_long_ago_is_shown_apart_until_the_stretches_meet() {
        let (world, mut state, id) = scene(40, 5);
        state.jump(id, 10);
        assert_eq!(state.needs_around(id), Some(Need::Around(id, 10)));
        state.put_around(id, 10, world.window(id, Stretch::Around(10), 6).unwrap());
        assert_eq!((seqs(&state, id), state.is_detached(id)), ((7, 12), true));
        assert_eq!(state.timeline(id).unwrap().last_seq(), 40, "what is live stays live");
        assert_eq!(state.put_earlier(id, world.window(id, Stretch::Before(7), 6).unwrap()), 6);
        assert!(state.put_later(id, world.window(id, Stretch::After(12), 30).unwrap()));
        assert_eq!((seqs(&state, id), state.is_detached(id)), ((1, 40), false), "one stretch");
        assert_eq!(state.needs_around(id), None);
    }

    /// However far somebody reads, up and down again, a bounded part is held, without a gap, and nothing is missing.
    #[test]
    fn whoever_reads_all_of_a_long_conversation_holds_a_part_of_it() {
        let (mut world, mut state, id) = scene(2_000, 50);
        while state.shown(id).unwrap().has_earlier() {
            let first = state.shown(id).unwrap().first_seq();
            assert_eq!(state.put_earlier(id, world.window(id, Stretch::Before(first), 50).unwrap()), 50);
            let shown = state.shown(id).unwrap();
            assert!(shown.messages().len() <= SHOWN_MOST && shown.first_seq() == first - 50);
        }
        assert!(state.is_detached(id));
        assert_eq!(state.timeline(id).unwrap().first_seq(), 1_951, "what is live stays live");
        // What is said meanwhile is said at the end.
        let from = world.cursor();
        world.visitor_says(1);
        let event = world.events(from, 1).items.remove(0).event;
        state.apply_fact(event);
        let mut last = state.shown(id).unwrap().last_seq();
        while state.is_detached(id) {
            assert!(state.put_later(id, world.window(id, Stretch::After(last), 50).unwrap()));
            let shown = state.shown(id).unwrap();
            assert!(shown.messages().len() <= SHOWN_MOST && shown.contains(last) && shown.contains(last + 1));
            last = shown.last_seq();
        }
        assert_eq!(last, 2_001);
        assert!(state.shown(id).unwrap().has_earlier(), "the beginning was let go of");
    }

    /// Whoever reads around a message of long ago sees it go like everybody else.
    #[test]
    fn what_is_cleared_is_gone_also_from_the_surroundings_of_a_message() {
        let around = |world: &World, state: &mut ConsoleState, id, seq| {
            state.jump(id, seq);
            state.put_around(id, seq, world.window(id, Stretch::Around(seq), 6).unwrap());
        };
        let (mut world, mut state, id) = scene(40, 5);
        around(&world, &mut state, id, 10);
        let mut away = state.clone();
        let late = world.window(id, Stretch::Around(20), 6).unwrap();
        let from = world.cursor();
        world.clear(1);
        let event = world.events(from, 1).items.remove(0).event;
        state.apply_fact(event);
        assert_eq!((state.is_detached(id), state.shown(id).unwrap().messages()), (false, [].as_slice()));
        assert_eq!(state.needs_around(id), None);
        // An answer that was read before brings nothing back.
        state.jump(id, 20);
        state.put_around(id, 20, late);
        assert_eq!((state.is_detached(id), state.shown(id).unwrap().messages()), (false, [].as_slice()));
        // Whoever was away learns of it from what they fetch, be it everything or the next few messages.
        let mut scrolls = away.clone();
        world.visitor_says(1);
        assert!(!scrolls.put_later(id, world.window(id, Stretch::After(12), 6).unwrap()));
        away.load(world.snapshot(world.cursor(), 10));
        for state in [&away, &scrolls] {
            assert!(!state.is_detached(id) && state.shown(id).unwrap().messages().is_empty());
        }
    }

    #[test]
    fn what_is_held_already_needs_no_fetching_and_what_is_gone_leads_nowhere() {
        let (world, mut state, id) = scene(8, 5);
        state.jump(id, 6);
        assert_eq!((state.needs_around(id), state.is_detached(id)), (None, false));
        state.jump(id, 99);
        state.put_around(id, 99, world.window(id, Stretch::Around(99), 6).unwrap());
        assert_eq!((state.needs_around(id), state.is_detached(id)), (None, false));
        for never in [0, -1] {
            state.jump(id, 3);
            state.jump(id, never);
            assert_eq!((state.needs_around(id), state.is_detached(id)), (None, false), "not asked for");
        }
        state.jump(id, 1);
        state.open(None);
        state.put_around(id, 1, world.window(id, Stretch::Around(1), 2).unwrap());
        assert!(!state.is_detached(id), "the person has gone elsewhere");
    }
}
