//! What the machine does once it is live: fetching what the state lacks, sending what waits.

use crate::outbox::{Delivery, Outgoing};
use crate::rest::{ApiError, Stretch};
use crate::state::{Need, View};
use crate::sync::patience::{Mark, Setback};
use crate::sync::{Command, Fetched, Machine, Phase, Topic};
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::{ConversationId, Nonce};
use types::messages::{MessageWindow, Quote};
use types::page::Page;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// How many conversations' messages are kept.
const TIMELINES_KEPT: usize = 20;

/// Whether the answer brings conversations that are not known yet, whose events have to be kept for it.
fn brings_many(need: Need) -> bool {
    matches!(need, Need::Listing(_) | Need::Unread)
}

impl Machine {
    /// Whatever can be done now. Called after every input.
    pub(super) fn work(&mut self, now: Timestamp) {
        if self.phase != Phase::Live {
            return;
        }
        for frame in self.outbox.due(now) {
            self.say(frame, now);
            self.commands.push(Command::Changed(Topic::Messages));
        }
        self.repeat_marks(now);
        let needs = self.state.needs();
        self.failed.retain(|need, _| needs.contains(need));
        for need in needs {
            let rests = self.failed.get(&need).is_some_and(|setback| setback.until() > now);
            if rests || !self.fetching.insert(need) {
                continue;
            }
            if brings_many(need) {
                self.state.page_asked();
            }
            self.commands.push(Command::Fetch(self.round, need));
        }
    }

    /// The connection has become live: say again what the server may not have heard, and look what other tabs left.
    pub(super) fn went_live(&mut self, now: Timestamp) {
        for (id, mark) in std::mem::take(&mut self.reads) {
            self.reads.insert(id, Mark::new(mark.seq(), now));
            self.say(ClientFrame::MarkRead { conversation_id: Some(id), seq: mark.seq() }, now);
        }
        self.commands.push(Command::ReadKept);
    }

    /// Says read marks again that nobody has confirmed: a busy server drops them without a word.
    fn repeat_marks(&mut self, now: Timestamp) {
        let overdue = self.reads.iter_mut().filter(|(_, mark)| mark.again_at() <= now);
        let again: Vec<(ConversationId, i64)> = overdue.map(|(id, mark)| (*id, mark.repeat(now))).collect();
        for (id, seq) in again {
            self.say(ClientFrame::MarkRead { conversation_id: Some(id), seq }, now);
        }
    }

    /// The server has the agent's read mark of a conversation here, or further.
    pub(super) fn confirm_read(&mut self, id: ConversationId, seq: i64) {
        if self.reads.get(&id).is_some_and(|mine| mine.seq() <= seq) {
            self.reads.remove(&id);
        }
    }

    /// Nobody will answer what was asked over the last connection.
    pub(super) fn abandon_fetches(&mut self) {
        let listings = self.fetching.iter().filter(|need| brings_many(**need)).count();
        for _ in 0..listings.saturating_add(self.pages.len()) {
            self.state.page_failed();
        }
        self.fetching.clear();
        self.failed.clear();
        self.earlier.clear();
        self.earlier_failed.clear();
        self.later.clear();
        self.later_failed.clear();
        self.pages.clear();
        self.pages_failed.clear();
    }

    pub(super) fn fetched(&mut self, need: Need, answer: Result<Fetched, ApiError>, now: Timestamp) {
        if !self.fetching.remove(&need) {
            return;
        }
        self.commands.push(Command::Changed(Topic::State));
        let setback = self.failed.remove(&need);
        match (need, answer) {
            (Need::Conversation(_), Ok(Fetched::Conversation(conversation))) => {
                self.state.put_conversation(*conversation);
            }
            (Need::Newest(id) | Need::Later(id, _), Ok(Fetched::Messages(window))) => {
                match need {
                    Need::Newest(_) => self.state.put_newest(id, window),
                    _ => self.state.put_messages(id, window),
                }
                self.settle();
                self.commands.push(Command::Changed(Topic::Messages));
            }
            (Need::Around(id, seq), Ok(Fetched::Messages(window))) => {
                self.state.put_around(id, seq, window);
                self.commands.push(Command::Changed(Topic::Messages));
            }
            (Need::Listing(view), Ok(Fetched::Page(page))) => self.state.put_page(view, page),
            (Need::Unread, Ok(Fetched::Unread(conversations, are_all))) => {
                self.state.put_unread(conversations, are_all)
            }
            (Need::Contact(_), Ok(Fetched::Contact(contact))) => self.state.put_contact(*contact),
            (Need::Notes(id), Ok(Fetched::Notes(notes))) => {
                self.state.put_notes(id, notes);
                self.commands.push(Command::Changed(Topic::Messages));
            }
            // Read before it began. If it has gone since it is known here, its event tells so.
            (Need::Conversation(id), Err(error))
                if error.code() == Some(ErrorCode::NotFound) && self.state.has_come_otherwise(id) => {}
            (
                Need::Conversation(id) | Need::Newest(id) | Need::Later(id, _) | Need::Around(id, _) | Need::Notes(id),
                Err(error),
            ) if error.code() == Some(ErrorCode::NotFound) => {
                self.state.conversation_is_missing(id);
                self.settle_lost();
            }
            (need, _) => {
                if brings_many(need) {
                    self.state.page_failed();
                }
                self.failed.insert(need, Setback::after(setback, now));
            }
        }
    }

    /// Try again at once what failed.
    pub(super) fn reload(&mut self, now: Timestamp) {
        self.failed.clear();
        self.earlier_failed.clear();
        self.later_failed.clear();
        self.pages_failed.clear();
        if matches!(self.phase, Phase::Waiting { .. }) {
            self.connect(now);
        }
        self.commands.push(Command::Changed(Topic::State));
    }

    pub(super) fn open(&mut self, id: Option<ConversationId>) {
        self.state.open(id);
        if let Some(id) = id {
            self.recent.retain(|other| *other != id);
            self.recent.push(id);
            if self.recent.len() > TIMELINES_KEPT {
                self.recent.remove(0);
                self.state.keep_timelines(&self.recent);
            }
        }
        self.commands.push(Command::Changed(Topic::State));
        self.commands.push(Command::Changed(Topic::Messages));
    }

    pub(super) fn load_earlier(&mut self, id: ConversationId) {
        let Some(timeline) = self.state.shown(id).filter(|timeline| timeline.has_earlier()) else { return };
        let before = Stretch::Before(timeline.first_seq());
        if self.phase == Phase::Live && self.earlier.insert(id) {
            self.earlier_failed.remove(&id);
            self.commands.push(Command::FetchEarlier(self.round, id, before));
            self.commands.push(Command::Changed(Topic::Messages));
        }
    }

    pub(super) fn earlier_came(&mut self, id: ConversationId, answer: Result<MessageWindow, ApiError>) {
        if !self.earlier.remove(&id) {
            return;
        }
        // From before a recall, they are asked for again; that is no failure.
        let came = answer.is_ok_and(|window| {
            let anew = self.state.shown(id).is_some_and(|timeline| timeline.is_ahead_of(&window));
            anew || self.state.put_earlier(id, window) > 0
        });
        // Nothing came although there is more: asking again at once would ask for ever.
        if !came && self.state.shown(id).is_some_and(|timeline| timeline.has_earlier()) {
            self.earlier_failed.insert(id);
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }

    /// What was asked of the stretch shown before is not taken for what is shown now.
    fn show_another_stretch(&mut self, id: ConversationId) {
        for asked in [&mut self.earlier, &mut self.earlier_failed, &mut self.later, &mut self.later_failed] {
            asked.remove(&id);
        }
        self.commands.push(Command::Changed(Topic::State));
        self.commands.push(Command::Changed(Topic::Messages));
    }

    pub(super) fn jump(&mut self, id: ConversationId, seq: i64) {
        self.state.jump(id, seq);
        self.show_another_stretch(id);
    }

    pub(super) fn leave_jump(&mut self, id: ConversationId) {
        self.state.leave_jump(id);
        self.show_another_stretch(id);
    }

    pub(super) fn load_later(&mut self, id: ConversationId) {
        let Some(timeline) = self.state.shown(id).filter(|_| self.state.is_detached(id)) else { return };
        let after = Stretch::After(timeline.last_seq());
        if self.phase == Phase::Live && self.later.insert(id) {
            self.later_failed.remove(&id);
            self.commands.push(Command::FetchLater(self.round, id, after));
            self.commands.push(Command::Changed(Topic::Messages));
        }
    }

    pub(super) fn later_came(&mut self, id: ConversationId, answer: Result<MessageWindow, ApiError>) {
        if !self.later.remove(&id) {
            return;
        }
        let came = answer.is_ok_and(|window| {
            let anew = self.state.shown(id).is_some_and(|timeline| timeline.is_ahead_of(&window));
            anew || self.state.put_later(id, window)
        });
        // Nothing came although there is more: asking again at once would ask for ever.
        if !came && self.state.is_detached(id) {
            self.later_failed.insert(id);
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }

    pub(super) fn load_more(&mut self, view: View) {
        let Some(cursor) = self.state.listing(view).and_then(|listing| listing.next_cursor()) else { return };
        let cursor = cursor.to_owned();
        if self.phase == Phase::Live && self.pages.insert(view) {
            self.pages_failed.remove(&view);
            self.state.page_asked();
            self.commands.push(Command::FetchPage(self.round, view, cursor));
            self.commands.push(Command::Changed(Topic::State));
        }
    }

    pub(super) fn page_came(&mut self, view: View, answer: Result<Page<Conversation>, ApiError>) {
        if !self.pages.remove(&view) {
            return;
        }
        match answer {
            Ok(page) => self.state.put_page(view, page),
            Err(_) => {
                self.state.page_failed();
                self.pages_failed.insert(view);
            }
        }
        self.commands.push(Command::Changed(Topic::State));
    }

    /// Messages that the server has, as fetched stretches show, leave the outbox.
    pub(super) fn settle(&mut self) {
        let stored: Vec<Nonce> = self
            .outbox
            .entries()
            .iter()
            .filter(|entry| {
                let timeline = entry.conversation_id.and_then(|id| self.state.timeline(id));
                timeline.is_some_and(|timeline| timeline.holds(entry.nonce))
            })
            .map(|entry| entry.nonce)
            .collect();
        for nonce in stored {
            self.outbox.acked(nonce);
            self.commands.push(Command::Forget(nonce));
        }
    }

    /// Takes what an earlier run or another tab kept.
    pub(super) fn restored(&mut self, kept: Vec<Outgoing>) {
        // Earlier versions kept the words of what is answered to as well.
        let wordy = kept.iter().filter(|entry| entry.content.quote().is_some_and(Quote::is_known));
        self.commands.extend(wordy.cloned().map(Command::Keep));
        self.outbox.restore(kept);
        self.settle();
        self.settle_lost();
        // Refused as not theirs before a reload: whether it is so still tells whether there is a place for it.
        for entry in self.outbox.entries().iter().filter(|entry| entry.delivery == Delivery::NOT_THEIRS) {
            if let Some(id) = entry.conversation_id {
                self.state.ask_after(id);
            }
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }

    /// What waits and answers to something that is held now says so.
    pub(super) fn look_up_quotes(&mut self) {
        if self.outbox.look_up_quotes(|id, message| self.state.quote(id, message)) {
            self.commands.push(Command::Changed(Topic::Messages));
        }
    }

    /// Nothing is sent to a conversation any more. What was written to it is kept, for the person to take along or to give up.
    pub(super) fn refuse(&mut self, id: ConversationId) {
        let refused = self.outbox.refuse(id, ErrorCode::NotFound);
        self.commands.extend(refused.into_iter().map(Command::Keep));
    }

    /// Nothing that was written to a conversation is wanted any more.
    pub(super) fn forget(&mut self, id: ConversationId) {
        let forgotten = self.outbox.forget(id);
        self.commands.extend(forgotten.into_iter().map(|entry| Command::Forget(entry.nonce)));
    }

    /// Messages to conversations that are gone can never be sent. They are shown in the place of the conversation, which there is
    /// if it was here: what an earlier page has left for one that this page never knew is let go.
    pub(super) fn settle_lost(&mut self) {
        self.reads.retain(|id, _| !self.state.is_missing(*id));
        let addressed = self.outbox.entries().iter().filter_map(|entry| entry.conversation_id);
        let lost: Vec<ConversationId> = addressed.filter(|id| self.state.is_missing(*id)).collect();
        for id in lost {
            if self.state.was_here(id) {
                self.refuse(id);
            } else {
                self.forget(id);
            }
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }
}
