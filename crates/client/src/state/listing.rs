//! The lists of conversations: the agent's pinned ones, then newest activity first, filled page by page.
//!
//! Pages are by activity alone. The pinned ones are few and fetched all at once, so that they stand at the top from the beginning.

use crate::state::ConsoleState;
use std::cmp::Reverse;
use std::collections::HashSet;
use types::conversations::Conversation;
use types::id::{AgentId, ChannelId, ConversationId, TagId};
use types::page::Page;
use types::saved_views::Period;
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

/// Which conversations of a channel, or of all, to list.
pub use types::saved_views::ConversationFilter as Filter;

/// Days of the person's calendar, as chosen, and from when to when they are where the person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dates {
    /// What was chosen.
    pub period: Period,
    /// When its first day begins.
    pub since: Option<Timestamp>,
    /// When the day after its last one begins.
    pub before: Option<Timestamp>,
}

impl Dates {
    fn hold(self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.before.is_none_or(|before| at < before)
    }
}

/// A list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct View {
    /// Of one channel only.
    pub channel: Option<ChannelId>,
    /// Which of them.
    pub filter: Filter,
    /// Only those whose last message is of these days.
    pub dates: Option<Dates>,
    /// Only those whose contact has this tag.
    pub tag: Option<TagId>,
}

/// Everything of a channel, or of all.
impl From<Option<ChannelId>> for View {
    fn from(channel: Option<ChannelId>) -> Self {
        Self { channel, ..Self::default() }
    }
}

impl View {
    fn holds(self, conversation: &Conversation, me: AgentId) -> bool {
        let filter = match self.filter {
            Filter::All => conversation.snoozed_until.is_none(),
            Filter::Mine => {
                conversation.belongs_to(me) && conversation.closed_at.is_none() && conversation.snoozed_until.is_none()
            }
            Filter::Unassigned => conversation.assignee_id.is_none() && conversation.closed_at.is_none(),
            Filter::Closed => conversation.closed_at.is_some(),
            Filter::Snoozed => conversation.snoozed_until.is_some(),
            Filter::Waiting => conversation.waiting_since.is_some() && conversation.snoozed_until.is_none(),
            Filter::Unread => conversation.is_unread(),
        };
        let dates = self.dates.is_none_or(|dates| dates.hold(conversation.last_activity_at));
        let tagged = self.tag.is_none_or(|tag| conversation.contact.tag_ids.contains(&tag));
        filter && dates && tagged && self.channel.is_none_or(|channel| conversation.channel_id == channel)
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
    /// The conversations of a list: pinned ones, then newest activity first, as far down as they were fetched. The open one stays in
    /// the list of the unread and of those to be answered while it is open: reading or answering does not take it from under the
    /// pointer.
    pub fn list(&self, view: impl Into<View>) -> impl Iterator<Item = &Conversation> {
        let view = view.into();
        // Until the list's own first page is there, what the list of all conversations holds of it is shown.
        let listing = self.listings.get(&view).or_else(|| self.listings.get(&View::default()));
        self.known_of(view, move |rank| listing.is_some_and(|listing| listing.reaches(rank)))
    }

    /// The conversations of a list that are known, in its order, at these places.
    fn known_of(&self, view: View, at: impl Fn(Rank) -> bool) -> impl Iterator<Item = &Conversation> {
        let me = self.my_id();
        let stays = matches!(view.filter, Filter::Waiting | Filter::Unread).then_some(self.open).flatten();
        self.order
            .iter()
            .filter(move |rank| at(**rank))
            .filter_map(|rank| self.conversations.get(&rank.id.0))
            .filter(|conversation| !conversation.contact.blocked)
            .filter(move |conversation| {
                let but_for_filter = View { filter: Filter::All, ..view };
                view.holds(conversation, me) || stays == Some(conversation.id) && but_for_filter.holds(conversation, me)
            })
    }

    /// How far a list is filled; absent before its first page.
    #[must_use]
    pub fn listing(&self, view: impl Into<View>) -> Option<&Listing> {
        self.listings.get(&view.into())
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
    pub fn put_page(&mut self, view: impl Into<View>, page: Page<Conversation>) {
        let view = view.into();
        let is_gone = view.channel.is_some_and(|channel| self.is_deleted(channel))
            || view.tag.is_some_and(|tag| self.gone_tags.contains(&tag));
        if !is_gone {
            let reach = page.items.last().map(Rank::by_activity);
            let listing = self.listings.entry(view).or_default();
            listing.reach = listing.reach.max(reach);
            listing.next_cursor = page.next_cursor;
        }
        self.put_fetched(page.items);
    }

    /// Takes every conversation with something unread, or as many as were asked for, and whether these are all.
    pub fn put_unread(&mut self, conversations: Vec<Conversation>, are_all: bool) {
        self.unread_known = true;
        self.unread_beyond = !are_all;
        self.put_fetched(conversations);
    }

    fn put_fetched(&mut self, conversations: Vec<Conversation>) {
        for conversation in conversations {
            // A stale one is being fetched by itself, with the events since.
            if self.is_deleted(conversation.channel_id)
                || self.gone.contains(&conversation.id)
                || self.stale.contains(&conversation.id)
                || self.is_older_than_withdrawal(&conversation)
            {
                continue;
            }
            self.withdrawn.remove(&conversation.id);
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

    /// Whether more conversations have something unread than are known: what is counted is not all there is.
    #[must_use]
    pub fn has_unread_beyond(&self) -> bool {
        self.unread_beyond
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

    /// The first conversation below this one in a list that has something unread, or else the first of the list; muted ones and
    /// those of channels without message alert do not count, as in [`total_unread`](Self::total_unread), unless the agent is mentioned.
    /// It may lie below the pages that were fetched: of those that have something unread none is unknown.
    #[must_use]
    pub fn next_unread(&self, view: impl Into<View>, after: Option<ConversationId>) -> Option<ConversationId> {
        let quiet = |channel: ChannelId| self.channel(channel).is_some_and(|one| !one.alert);
        let counts = |one: &Conversation| one.mentioned || (one.is_unread() && !one.muted && !quiet(one.channel_id));
        let waits = |one: &&Conversation| counts(one) && Some(one.id) != after;
        let list: Vec<&Conversation> = self.known_of(view.into(), |_| true).collect();
        let place = list.iter().position(|one| Some(one.id) == after).map_or(0, |place| place.saturating_add(1));
        let (above, below) = list.split_at_checked(place)?;
        below.iter().copied().find(waits).or_else(|| above.iter().copied().find(waits)).map(|one| one.id)
    }
}
