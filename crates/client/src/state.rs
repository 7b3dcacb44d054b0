//! What one agent's console knows, kept up to date by events.
//!
//! The state is filled by fetched snapshots (channels, pages of conversations, stretches of messages) and moved by the
//! ledger's events. **Invariants**, which the tests of this crate and the server's integration tests hold it to:
//!
//! - Applying an event twice, or one that a snapshot already contains, changes nothing.
//! - The state after events equals the state fetched afresh.
//! - What is missing is known: [`ConsoleState::needs`] names it, and nothing is guessed meanwhile.
//!
//! # What one `MessageCreated` means for a conversation
//!
//! No other event repeats these facts, and the server derives its rows by the same rule. With `seq` the message's:
//!
//! | field | a visitor's message | an agent's message | an automatic one |
//! |---|---|---|---|
//! | `last_seq`, `last_message`, `last_activity_at` | this message | this message | this message |
//! | `waiting_since` | its time, unless somebody waits already | nobody waits | |
//! | `unread` | one more | 0 when the author is me | |
//! | `read_seq` | | `seq` when the author is me | |
//! | `agents_read_seq` | | `seq`: who writes has read | |
//! | `visitor_read_seq` | `seq`: who writes has read | | |
//!
//! A message applies only to a conversation that stands exactly at `seq - 1`; anyone behind has a gap to fetch.

mod apply;
mod channel_tree;
mod channels;
mod custom_fields;
mod jump;
mod known;
mod listing;
mod merge;
mod notes;
mod tags;

pub use listing::{Dates, Filter, Listing, View};
pub use notes::HeldNotes;

use crate::timeline::Timeline;
use listing::Rank;
use std::collections::{BTreeSet, HashMap, HashSet};
use types::agents::Me;
use types::channel_tree::ChannelTree;
use types::channels::Channel;
use types::contacts::Contact;
use types::conversations::Conversation;
use types::custom_fields::CustomFields;
use types::events::Event;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, CustomFieldId, MessageId, TagGroupId, TagId};
use types::messages::{Message, MessageWindow, Quote};
use types::page::Page;
use types::tags::TagGroup;

/// Something that the state lacks and the client should fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// The conversation: it is not known, or messages of it were missed.
    Conversation(ConversationId),
    /// The newest messages of a conversation that is open.
    Newest(ConversationId),
    /// Messages of a conversation, after a `seq`.
    Later(ConversationId, i64),
    /// The surroundings of a message that the person jumps to.
    Around(ConversationId, i64),
    /// The first page of a list that is chosen.
    Listing(View),
    /// The contact of a conversation that is open.
    Contact(ContactId),
    /// The internal notes beside a conversation that is open.
    Notes(ConversationId),
    /// Every conversation with something unread: pages reach down to the newest activity only, and what lies below counts.
    Unread,
}

/// Everything fetched to begin afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// A point of the ledger that was read before the rest: events after it still have to be applied.
    pub cursor: i64,
    /// The agent: what is known from signing in may have changed since.
    pub me: Me,
    /// Every channel.
    pub channels: Vec<Channel>,
    /// Their groups and their order.
    pub channel_tree: ChannelTree,
    /// Every group of tags.
    pub tag_groups: Vec<TagGroup>,
    /// The custom fields of contacts.
    pub custom_fields: CustomFields,
    /// The first page of the conversations of all channels.
    pub conversations: Page<Conversation>,
    /// Every conversation that the agent has pinned or put off.
    pub pinned: Vec<Conversation>,
}

/// What one agent's console knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleState {
    me: Me,
    cursor: Option<i64>,
    channels: Vec<Channel>,
    channel_tree: ChannelTree,
    tag_groups: Vec<TagGroup>,
    custom_fields: CustomFields,
    conversations: HashMap<ConversationId, Conversation>,
    order: BTreeSet<Rank>,
    listings: HashMap<View, Listing>,
    timelines: HashMap<ConversationId, Timeline>,
    contacts: HashMap<ContactId, Contact>,
    notes: HashMap<ConversationId, HeldNotes>,
    /// Conversations to fetch, each with the events that the answer may not contain yet.
    awaited: HashMap<ConversationId, Vec<Event>>,
    /// Conversations that are not there, or not ours.
    missing: HashSet<ConversationId>,
    /// Conversations kept from before a snapshot: shown, but not true until they are fetched anew.
    stale: HashSet<ConversationId>,
    /// Channels that are gone: an answer that was read before must not bring their rows back. Ids are never used twice.
    deleted: HashSet<ChannelId>,
    /// Conversations that were deleted, for the same reason; and tags and their groups.
    gone: HashSet<ConversationId>,
    gone_tags: HashSet<TagId>,
    gone_tag_groups: HashSet<TagGroupId>,
    gone_custom_fields: HashSet<CustomFieldId>,
    /// Conversations that are ours no more, with the version from which on they are not: they may come back with a higher one.
    withdrawn: HashMap<ConversationId, i64>,
    /// Every conversation that was ever known: what was written to one that goes is shown in its place.
    met: HashSet<ConversationId>,
    /// Events of unknown conversations that came while a page was being fetched.
    during_page: Vec<Event>,
    pages_awaited: usize,
    /// Every conversation with something unread is known, or as many as are asked for.
    unread_known: bool,
    /// There are more.
    unread_beyond: bool,
    open: Option<ConversationId>,
    chosen: View,
    /// The message that the person wants to see.
    target: Option<(ConversationId, i64)>,
    /// The surroundings of that message, or what was read up to, while they do not reach the stretch that ends at the newest one.
    detached: Option<(ConversationId, Timeline)>,
}

impl ConsoleState {
    /// The state of an agent who has just signed in: nothing is known yet.
    #[must_use]
    pub fn new(me: Me) -> Self {
        Self {
            me,
            cursor: None,
            channels: Vec::new(),
            channel_tree: ChannelTree::default(),
            tag_groups: Vec::new(),
            custom_fields: CustomFields::default(),
            conversations: HashMap::new(),
            order: BTreeSet::new(),
            listings: HashMap::new(),
            timelines: HashMap::new(),
            contacts: HashMap::new(),
            notes: HashMap::new(),
            awaited: HashMap::new(),
            missing: HashSet::new(),
            stale: HashSet::new(),
            deleted: HashSet::new(),
            gone: HashSet::new(),
            gone_tags: HashSet::new(),
            gone_tag_groups: HashSet::new(),
            gone_custom_fields: HashSet::new(),
            withdrawn: HashMap::new(),
            met: HashSet::new(),
            during_page: Vec::new(),
            pages_awaited: 0,
            unread_known: false,
            unread_beyond: false,
            open: None,
            chosen: View::default(),
            target: None,
            detached: None,
        }
    }

    /// Begins afresh from a snapshot. What the person looks at stays before their eyes, and what it lacks is fetched;
    /// everything else that was known is dropped.
    pub fn load(&mut self, snapshot: Snapshot) {
        let before = std::mem::replace(self, Self::new(snapshot.me));
        self.cursor = Some(snapshot.cursor);
        (self.open, self.chosen) = (before.open, before.chosen);
        (self.deleted, self.gone, self.withdrawn) = (before.deleted, before.gone, before.withdrawn);
        (self.gone_tags, self.gone_tag_groups) = (before.gone_tags, before.gone_tag_groups);
        self.gone_custom_fields = before.gone_custom_fields;
        (self.target, self.met) = (before.target, before.met);
        for group in snapshot.tag_groups {
            self.put_tag_group(group);
        }
        self.put_custom_fields(snapshot.custom_fields);
        self.put_channel_tree(snapshot.channel_tree);
        for channel in snapshot.channels {
            self.put_channel(channel);
        }
        self.put_page(View::default(), snapshot.conversations);
        self.put_pinned(snapshot.pinned);
        if let Some(id) = self.open {
            let kept = (before.conversations.get(&id).cloned(), before.timelines.get(&id).cloned());
            self.keep_open(id, kept.0, kept.1);
            self.keep_notes(id, before.notes.get(&id).cloned());
            self.keep_detached(before.detached);
        }
    }

    /// The open conversation as it was before a snapshot, which need not reach down to it.
    fn keep_open(&mut self, id: ConversationId, conversation: Option<Conversation>, timeline: Option<Timeline>) {
        if let Some(conversation) = conversation.filter(|one| self.channel(one.channel_id).is_some())
            && !self.conversations.contains_key(&id)
        {
            self.set_conversation(conversation);
            self.stale.insert(id);
            self.awaited.entry(id).or_default();
        }
        let Some(known) = self.conversations.get(&id) else { return };
        let (newest, recalls, cleared) = (known.last_seq, known.recalls, known.cleared_seq);
        // A server that has fewer messages than we hold is not the one that we knew. What was recalled meanwhile goes at once.
        let kept = timeline.filter(|timeline| timeline.last_seq() <= newest && !timeline.is_outdated(recalls));
        if let Some(mut timeline) = kept {
            timeline.clear(cleared);
            self.timelines.insert(id, timeline);
        }
    }

    /// The agent.
    #[must_use]
    pub fn me(&self) -> &Me {
        &self.me
    }

    pub(crate) fn my_id(&self) -> AgentId {
        self.me.id
    }

    /// The point of the ledger that the state stands at; absent before the first snapshot.
    #[must_use]
    pub fn cursor(&self) -> Option<i64> {
        self.cursor
    }

    /// The state contains every event up to this point.
    pub fn reached(&mut self, cursor: i64) {
        self.cursor = self.cursor.max(Some(cursor));
    }

    /// One conversation, where known.
    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id)
    }

    /// Every conversation that is known, whether or not a list reaches down to it.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values()
    }

    /// The messages held of a conversation.
    #[must_use]
    pub fn timeline(&self, id: ConversationId) -> Option<&Timeline> {
        self.timelines.get(&id)
    }

    /// One contact, where known.
    #[must_use]
    pub fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    /// A message that is held, in short.
    pub(crate) fn quote(&self, id: ConversationId, message: MessageId) -> Option<Quote> {
        let stretches = [self.timeline(id), self.shown(id)].into_iter().flatten();
        stretches.flat_map(Timeline::messages).find(|held| held.id == message).map(Message::to_quote)
    }

    /// The conversation that the person looks at.
    #[must_use]
    pub fn open_conversation(&self) -> Option<ConversationId> {
        self.open
    }

    /// The person opens a conversation, or closes the open one.
    pub fn open(&mut self, id: Option<ConversationId>) {
        if self.open != id {
            self.forget_jump();
        }
        self.open = id;
        if let Some(id) = id {
            self.missing.remove(&id);
        }
    }

    /// The person chooses which conversations to list.
    pub fn choose(&mut self, view: View) {
        self.chosen = view;
    }

    /// What has to be fetched, in the order of urgency.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        if self.cursor.is_none() {
            return Vec::new();
        }
        let mut needs = Vec::new();
        if let Some(id) = self.open.filter(|id| !self.missing.contains(id)) {
            match self.conversations.get(&id) {
                None => needs.push(Need::Conversation(id)),
                Some(conversation) => {
                    needs.extend(self.needs_around(id));
                    let held = self.timelines.get(&id);
                    if held.is_none_or(|timeline| timeline.is_outdated(conversation.recalls)) {
                        needs.push(Need::Newest(id));
                    }
                    if self.lacks_notes(id) {
                        needs.push(Need::Notes(id));
                    }
                    if !self.contacts.contains_key(&conversation.contact.id) {
                        needs.push(Need::Contact(conversation.contact.id));
                    }
                }
            }
        }
        let of_deleted = self.chosen.channel.is_some_and(|channel| self.is_deleted(channel))
            || self.chosen.tag.is_some_and(|tag| self.gone_tags.contains(&tag));
        if self.chosen != View::default() && !self.listings.contains_key(&self.chosen) && !of_deleted {
            needs.push(Need::Listing(self.chosen));
        }
        if !self.unread_known {
            needs.push(Need::Unread);
        }
        let awaited = self.awaited.keys().map(|id| Need::Conversation(*id));
        let behind = self.timelines.iter().filter_map(|(id, timeline)| {
            let conversation = self.conversations.get(id)?;
            let is_behind = timeline.last_seq() < conversation.last_seq && !timeline.is_outdated(conversation.recalls);
            is_behind.then(|| Need::Later(*id, timeline.last_seq()))
        });
        let mut rest: Vec<Need> = awaited.chain(behind).filter(|need| !needs.contains(need)).collect();
        rest.sort_unstable();
        needs.append(&mut rest);
        needs
    }

    /// Whether a conversation that was asked for is known by another answer, and not needed any more.
    pub(crate) fn has_come_otherwise(&self, id: ConversationId) -> bool {
        self.conversations.contains_key(&id) && !self.awaited.contains_key(&id)
    }

    /// Takes a fetched conversation.
    pub fn put_conversation(&mut self, fetched: Conversation) {
        let id = fetched.id;
        if self.is_deleted(fetched.channel_id) || self.gone.contains(&id) || self.is_older_than_withdrawal(&fetched) {
            self.conversation_is_missing(id);
            return;
        }
        self.withdrawn.remove(&id);
        self.missing.remove(&id);
        if self.stale.remove(&id) {
            self.set_conversation(fetched);
        } else {
            self.merge_conversation(fetched);
        }
        for event in self.awaited.remove(&id).unwrap_or_default() {
            self.apply_fact(event);
        }
    }

    /// The conversation is not there, or not ours any more.
    pub fn conversation_is_missing(&mut self, id: ConversationId) {
        self.drop_conversation(id);
        self.awaited.remove(&id);
        self.missing.insert(id);
    }

    /// Takes the newest messages of a conversation. What is held stays, unless it is from before a recall that was missed.
    pub fn put_newest(&mut self, id: ConversationId, window: MessageWindow) {
        let known = self.conversations.get(&id).map_or(0, |conversation| conversation.recalls);
        if self.timelines.get(&id).is_some_and(|timeline| timeline.is_outdated(known)) {
            self.timelines.remove(&id);
        }
        self.put_messages(id, window);
    }

    /// Takes messages that were fetched because they come later.
    pub fn put_messages(&mut self, id: ConversationId, window: MessageWindow) {
        self.clear_messages(id, window.cleared_seq);
        match self.timelines.get_mut(&id) {
            // A gap that is left shows in `needs`.
            Some(timeline) => {
                timeline.extend(window);
            }
            None => {
                // Without it, it went while its messages were on their way. Read before a recall, they are asked for again.
                let known = self.conversations.get(&id);
                if let Some(conversation) = known.filter(|one| one.recalls <= window.recalls) {
                    let mut timeline = Timeline::new(window);
                    timeline.clear(conversation.cleared_seq);
                    self.timelines.insert(id, timeline);
                }
            }
        }
        self.join_detached();
    }

    /// Forgets the messages of conversations other than these, which bounds what a long day accumulates.
    pub fn keep_timelines(&mut self, keep: &[ConversationId]) {
        self.timelines.retain(|id, _| keep.contains(id));
        self.notes.retain(|id, _| keep.contains(id));
    }

    /// Takes a fetched contact, unless a newer one is known.
    pub fn put_contact(&mut self, mut contact: Contact) {
        self.without_gone_tags(&mut contact.tag_ids);
        contact.custom_values.retain(|value| !self.gone_custom_fields.contains(&value.field_id));
        let newer = self.contacts.get(&contact.id).is_none_or(|known| contact.is_as_new_as(known));
        if newer && !self.is_deleted(contact.channel_id) {
            self.contacts.insert(contact.id, contact);
        }
    }

    fn drop_conversation(&mut self, id: ConversationId) {
        if let Some(conversation) = self.conversations.remove(&id) {
            self.order.remove(&Rank::of(&conversation));
        }
        self.timelines.remove(&id);
        self.notes.remove(&id);
        self.stale.remove(&id);
        if self.target.is_some_and(|(target, _)| target == id) {
            self.forget_jump();
        }
    }
}

#[cfg(test)]
mod tests;
