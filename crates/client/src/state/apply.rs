//! Events onto the state. The rules are in the module's documentation.

use crate::state::ConsoleState;
use types::agents::Me;
use types::contacts::{Contact, ContactSummary};
use types::conversations::{Conversation, MessagePreview};
use types::events::Event;
use types::id::{AgentId, ConversationId};
use types::messages::{Author, Message};

impl ConsoleState {
    /// Applies what happened without moving the cursor. Idempotent by the facts alone.
    pub fn apply_fact(&mut self, event: Event) {
        match event {
            Event::ConversationCreated { conversation } => {
                if !self.conversations.contains_key(&conversation.id) {
                    self.put_conversation(conversation);
                }
            }
            Event::MessageCreated { message } => self.message_created(message),
            Event::ConversationRead { conversation_id, agent_id, seq, unread } => {
                if agent_id == self.my_id() {
                    let event = Event::ConversationRead { conversation_id, agent_id, seq, unread };
                    self.change(conversation_id, event, |conversation| {
                        if seq > conversation.read_seq {
                            conversation.read_seq = seq;
                            conversation.unread = unread;
                        }
                    });
                }
            }
            Event::AgentsRead { conversation_id, seq } => {
                self.change(conversation_id, event, |conversation| {
                    conversation.agents_read_seq = conversation.agents_read_seq.max(seq);
                });
            }
            Event::VisitorRead { conversation_id, seq } => {
                self.change(conversation_id, event, |conversation| {
                    conversation.visitor_read_seq = conversation.visitor_read_seq.max(seq);
                });
            }
            Event::ContactUpdated { contact } => self.contact_updated(contact),
            Event::ChannelCreated { channel } | Event::ChannelUpdated { channel } => self.put_channel(channel),
            // For visitors; an agent hears of the same edit as `ChannelUpdated`.
            Event::VisitorChannelUpdated { .. } => {}
            Event::ChannelDeleted { channel_id } => self.remove_channel(channel_id),
            Event::MeUpdated { me } => self.put_me(me),
        }
    }

    /// Takes the agent's own account as changed.
    pub fn put_me(&mut self, me: Me) {
        let session_id = self.me.session_id;
        self.me = me;
        // An event names the session that made the change; ours stays ours.
        self.me.session_id = session_id;
    }

    /// The agent has read everything of a conversation: shown at once, before the server confirms it. Returns up to which
    /// `seq`, when that is news.
    pub fn read_all(&mut self, id: ConversationId) -> Option<i64> {
        let conversation = self.conversations.get_mut(&id)?;
        if conversation.read_seq >= conversation.last_seq {
            return None;
        }
        conversation.read_seq = conversation.last_seq;
        conversation.unread = 0;
        Some(conversation.last_seq)
    }

    /// Changes a conversation that is known. One that is being fetched gets the event afterwards, because the answer may
    /// have been read before it happened.
    fn change(&mut self, id: ConversationId, event: Event, change: impl FnOnce(&mut Conversation)) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            // A stale one gets what happened after it has been fetched.
            if !self.stale.contains(&id) {
                change(conversation);
            }
        } else if self.pages_awaited > 0 {
            self.during_page.push(event.clone());
        }
        if let Some(later) = self.awaited.get_mut(&id) {
            later.push(event);
        }
    }

    fn message_created(&mut self, message: Message) {
        let id = message.conversation_id;
        let Some(conversation) = self.conversations.get(&id) else {
            self.awaited.entry(id).or_default().push(Event::MessageCreated { message });
            return;
        };
        if message.seq > conversation.last_seq.saturating_add(1) || self.stale.contains(&id) {
            self.awaited.entry(id).or_default().push(Event::MessageCreated { message });
            return;
        }
        if message.seq == conversation.last_seq.saturating_add(1) {
            let mut conversation = conversation.clone();
            add_message(&mut conversation, &message, author_id(&message) == Some(self.my_id()));
            self.set_conversation(conversation);
        }
        if let Some(timeline) = self.timelines.get_mut(&id) {
            timeline.push(message);
        }
    }

    fn contact_updated(&mut self, contact: Contact) {
        let newer = self.contacts.get(&contact.id).is_none_or(|known| known.last_seen_at <= contact.last_seen_at);
        if !newer {
            return;
        }
        let summary = ContactSummary { id: contact.id, number: contact.number, name: contact.name.clone() };
        let mut known = false;
        for conversation in self.conversations.values_mut().filter(|one| one.contact.id == contact.id) {
            conversation.contact = summary.clone();
            known = true;
        }
        // Contacts of conversations that nobody has loaded are fetched when they are looked at.
        if known {
            self.contacts.insert(contact.id, contact);
        }
    }
}

fn author_id(message: &Message) -> Option<AgentId> {
    match &message.author {
        Author::Agent { id, .. } => Some(*id),
        Author::Visitor => None,
    }
}

/// What one more message means for its conversation; see the table in [`crate::state`].
fn add_message(conversation: &mut Conversation, message: &Message, mine: bool) {
    let seq = message.seq;
    conversation.last_seq = seq;
    conversation.last_activity_at = message.created_at;
    conversation.last_message = Some(preview(message));
    if message.author.is_visitor() {
        conversation.waiting_since.get_or_insert(message.created_at);
        conversation.unread = conversation.unread.saturating_add(1);
        conversation.visitor_read_seq = conversation.visitor_read_seq.max(seq);
    } else {
        conversation.waiting_since = None;
        conversation.agents_read_seq = conversation.agents_read_seq.max(seq);
        if mine {
            conversation.unread = 0;
            conversation.read_seq = conversation.read_seq.max(seq);
        }
    }
}

/// A message as the list shows it, cut as the server cuts it.
fn preview(message: &Message) -> MessagePreview {
    MessagePreview {
        seq: message.seq,
        author: message.author.clone(),
        content: message.content.shortened(MessagePreview::TEXT_MAX),
        created_at: message.created_at,
    }
}
