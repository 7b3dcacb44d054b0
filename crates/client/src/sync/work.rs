//! What the machine does once it is live: fetching what the state lacks, sending what waits.

use crate::rest::{ApiError, Stretch};
use crate::state::Need;
use crate::sync::{Command, Fetched, Machine, Phase, Topic};
use types::conversations::Conversation;
use types::error::ErrorCode;
use types::id::{ChannelId, ConversationId, Nonce};
use types::messages::MessageWindow;
use types::page::Page;
use types::time::Timestamp;
use types::ws::ClientFrame;

/// How long to leave something alone that could not be fetched.
const RETRY_MILLIS: i64 = 3_000;
/// How many conversations' messages are kept.
const TIMELINES_KEPT: usize = 20;

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
        self.failed.retain(|_, until| *until > now);
        for need in self.state.needs() {
            if self.failed.contains_key(&need) || !self.fetching.insert(need) {
                continue;
            }
            if matches!(need, Need::Listing(_)) {
                self.state.page_asked();
            }
            self.commands.push(Command::Fetch(self.round, need));
        }
    }

    /// Says again what the server may not have heard: the read marks that it has not confirmed.
    pub(super) fn say_reads(&mut self, now: Timestamp) {
        for (id, seq) in self.reads.clone() {
            self.say(ClientFrame::MarkRead { conversation_id: Some(id), seq }, now);
        }
    }

    /// Nobody will answer what was asked over the last connection.
    pub(super) fn abandon_fetches(&mut self) {
        let listings = self.fetching.iter().filter(|need| matches!(need, Need::Listing(_))).count();
        for _ in 0..listings.saturating_add(self.pages.len()) {
            self.state.page_failed();
        }
        self.fetching.clear();
        self.failed.clear();
        self.earlier.clear();
        self.earlier_failed.clear();
        self.pages.clear();
        self.pages_failed.clear();
    }

    pub(super) fn fetched(&mut self, need: Need, answer: Result<Fetched, ApiError>, now: Timestamp) {
        if !self.fetching.remove(&need) {
            return;
        }
        self.commands.push(Command::Changed(Topic::State));
        match (need, answer) {
            (Need::Conversation(_), Ok(Fetched::Conversation(conversation))) => {
                self.state.put_conversation(*conversation);
            }
            (Need::Newest(id) | Need::Later(id, _), Ok(Fetched::Messages(window))) => {
                self.state.put_messages(id, window);
                self.settle();
                self.commands.push(Command::Changed(Topic::Messages));
            }
            (Need::Listing(channel), Ok(Fetched::Page(page))) => self.state.put_page(Some(channel), page),
            (Need::Contact(_), Ok(Fetched::Contact(contact))) => self.state.put_contact(*contact),
            (Need::Conversation(id) | Need::Newest(id) | Need::Later(id, _), Err(error))
                if error.code() == Some(ErrorCode::NotFound) =>
            {
                self.state.conversation_is_missing(id);
                self.forget_lost();
            }
            (need, _) => {
                if matches!(need, Need::Listing(_)) {
                    self.state.page_failed();
                }
                self.failed.insert(need, now.plus_millis(RETRY_MILLIS));
            }
        }
    }

    /// Try again at once what failed.
    pub(super) fn reload(&mut self, now: Timestamp) {
        self.failed.clear();
        self.earlier_failed.clear();
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
        let Some(timeline) = self.state.timeline(id).filter(|timeline| timeline.has_earlier()) else { return };
        let before = Stretch::Before(timeline.first_seq());
        if self.phase == Phase::Live && self.earlier.insert(id) {
            self.earlier_failed.remove(&id);
            self.commands.push(Command::FetchEarlier(self.round, id, before));
            self.commands.push(Command::Changed(Topic::Messages));
        }
    }

    pub(super) fn earlier_came(&mut self, id: ConversationId, answer: Result<MessageWindow, ApiError>) {
        self.earlier.remove(&id);
        match answer {
            Ok(window) => {
                self.state.put_earlier(id, window);
            }
            Err(_) => {
                self.earlier_failed.insert(id);
            }
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }

    pub(super) fn load_more(&mut self, channel: Option<ChannelId>) {
        let Some(cursor) = self.state.listing(channel).and_then(|listing| listing.next_cursor()) else { return };
        let cursor = cursor.to_owned();
        if self.phase == Phase::Live && self.pages.insert(channel) {
            self.pages_failed.remove(&channel);
            self.state.page_asked();
            self.commands.push(Command::FetchPage(self.round, channel, cursor));
            self.commands.push(Command::Changed(Topic::State));
        }
    }

    pub(super) fn page_came(&mut self, channel: Option<ChannelId>, answer: Result<Page<Conversation>, ApiError>) {
        if !self.pages.remove(&channel) {
            return;
        }
        match answer {
            Ok(page) => self.state.put_page(channel, page),
            Err(_) => {
                self.state.page_failed();
                self.pages_failed.insert(channel);
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

    /// Messages to conversations that are gone can never be sent.
    pub(super) fn forget_lost(&mut self) {
        let lost: Vec<ConversationId> = self
            .outbox
            .entries()
            .iter()
            .filter_map(|entry| entry.conversation_id)
            .filter(|id| self.state.is_missing(*id))
            .collect();
        for id in lost {
            self.reads.remove(&id);
            for entry in self.outbox.forget(id) {
                self.commands.push(Command::Forget(entry.nonce));
            }
        }
        self.commands.push(Command::Changed(Topic::Messages));
    }
}
