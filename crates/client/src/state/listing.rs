//! The lists of conversations: the agent's pinned ones, then newest activity first, filled page by page.
//!
//! Pages are by activity alone. The pinned ones are few and fetched all at once, so that they stand at the top from the beginning.

use crate::state::ConsoleState;
use std::cmp::Reverse;
use std::collections::HashSet;
use types::conversations::Conversation;
use types::id::{ChannelId, ConversationId};
use types::page::Page;
use types::time::Timestamp;

/// A conversation's place in every list: pinned ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    pinned: Reverse<bool>,
    at: Reverse<Timestamp>,
    id: Reverse<ConversationId>,
}

impl Rank {
    pub(crate) fn of(conversation: &Conversation) -> Self {
        Self { pinned: Reverse(conversation.pinned), ..Self::by_activity(conversation) }
    }

    /// Its place in the server's pages, which know nothing of pinning.
    fn by_activity(conversation: &Conversation) -> Self {
        Self { pinned: Reverse(false), at: Reverse(conversation.last_activity_at), id: Reverse(conversation.id) }
    }
}

/// How far down a list is filled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The last place that the pages reached. Conversations below it may be known by chance, with unknown ones between
    /// them: they are not listed.
    reach: Option<Rank>,
    next_cursor: Option<String>,
}

impl Listing {
    /// The cursor of the next page; absent when the list is complete.
    #[must_use]
    pub fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }

    fn reaches(&self, rank: Rank) -> bool {
        self.next_cursor.is_none() || self.reach.is_some_and(|reach| rank <= reach)
    }
}

impl ConsoleState {
    /// The conversations of a channel, or of all: pinned ones, then newest activity first, as far down as they were fetched.
    pub fn list(&self, channel: Option<ChannelId>) -> impl Iterator<Item = &Conversation> {
        // Until the channel's own first page is there, what the list of all channels holds of it is shown.
        let listing = self.listings.get(&channel).or_else(|| self.listings.get(&None));
        self.order
            .iter()
            .filter(move |rank| listing.is_some_and(|listing| listing.reaches(**rank)))
            .filter_map(|rank| self.conversations.get(&rank.id.0))
            .filter(|conversation| !conversation.contact.blocked)
            .filter(move |conversation| channel.is_none_or(|channel| conversation.channel_id == channel))
    }

    /// How far the list of a channel, or of all, is filled; absent before its first page.
    #[must_use]
    pub fn listing(&self, channel: Option<ChannelId>) -> Option<&Listing> {
        self.listings.get(&channel)
    }

    /// A page is about to be fetched: from now on, events of conversations that it may bring are kept for it.
    pub fn page_asked(&mut self) {
        self.pages_awaited = self.pages_awaited.saturating_add(1);
    }

    /// A page that was asked for will not come.
    pub fn page_failed(&mut self) {
        self.pages_awaited = self.pages_awaited.saturating_sub(1);
        if self.pages_awaited == 0 {
            self.during_page.clear();
        }
    }

    /// Takes the next page of a list. Events that came while it was on its way are applied over it.
    pub fn put_page(&mut self, channel: Option<ChannelId>, page: Page<Conversation>) {
        if !channel.is_some_and(|channel| self.is_deleted(channel)) {
            let reach = page.items.last().map(Rank::by_activity);
            let listing = self.listings.entry(channel).or_default();
            listing.reach = listing.reach.max(reach);
            listing.next_cursor = page.next_cursor;
        }
        self.put_fetched(page.items);
    }

    /// Takes every conversation with something unread.
    pub fn put_unread(&mut self, conversations: Vec<Conversation>) {
        self.unread_known = true;
        self.put_fetched(conversations);
    }

    fn put_fetched(&mut self, conversations: Vec<Conversation>) {
        for conversation in conversations {
            // A stale one is being fetched by itself, with the events since.
            if self.is_deleted(conversation.channel_id)
                || self.gone.contains(&conversation.id)
                || self.stale.contains(&conversation.id)
            {
                continue;
            }
            self.missing.remove(&conversation.id);
            self.merge_conversation(conversation);
        }
        for event in self.during_page.clone() {
            self.apply_fact(event);
        }
        self.page_failed();
    }

    /// Takes every conversation that the agent has pinned.
    pub fn put_pinned(&mut self, conversations: Vec<Conversation>) {
        self.page_asked();
        self.put_fetched(conversations);
    }

    /// The visitor's messages that the agent has not read and should be told of, over all conversations once
    /// [`Need::Unread`](crate::state::Need::Unread) has been met: those of channels without message alert and of
    /// muted conversations do not count.
    #[must_use]
    pub fn total_unread(&self) -> i64 {
        let quiet: HashSet<ChannelId> = self.channels().iter().filter(|one| !one.alert).map(|one| one.id).collect();
        let alerting = self.told().filter(|conversation| !quiet.contains(&conversation.channel_id));
        alerting.map(|conversation| conversation.unread).sum()
    }

    /// The same for one channel.
    #[must_use]
    pub fn unread_of(&self, channel: ChannelId) -> i64 {
        let of_channel = self.told().filter(|conversation| conversation.channel_id == channel);
        of_channel.map(|conversation| conversation.unread).sum()
    }

    /// The conversations whose messages the agent wants to be told of.
    fn told(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values().filter(|conversation| !conversation.muted && !conversation.contact.blocked)
    }
}
