//! Events onto the state. The rules are in the module's documentation.

use crate::state::ConsoleState;
use types::agents::Me;
use types::assignment::Standing;
use types::contacts::Contact;
use types::conversations::{Conversation, MessagePreview, Personal};
use types::events::Event;
use types::id::{AgentId, ConversationId};
use types::messages::{Author, Content, Message};

impl ConsoleState {
    /// Applies what happened without moving the cursor. Idempotent by the facts alone.
    pub fn apply_fact(&mut self, event: Event) {
        match event {
            Event::ConversationCreated { conversation } => {
                if !self.conversations.contains_key(&conversation.id) {
                    self.put_conversation(*conversation);
                }
            }
            Event::MessageCreated { message } => self.message_created(message),
            Event::NoteCreated { note } => self.note_created(note),
            Event::NotesCleared { conversation_id, number } => self.notes_cleared(conversation_id, number),
            Event::MessageRecalled { conversation_id, seq, recalls, .. } => {
                self.change(conversation_id, event, |conversation| recall(conversation, seq, recalls));
                self.recall_shown(conversation_id, seq, recalls);
            }
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
            Event::ConversationPersonalised { conversation_id, agent_id, personal } => {
                if agent_id == self.my_id() {
                    let event = Event::ConversationPersonalised { conversation_id, agent_id, personal };
                    let is_known = self.conversations.contains_key(&conversation_id);
                    let is_listed = personal.pinned || personal.marked_unread || personal.mentioned;
                    if !is_known && !self.gone.contains(&conversation_id) && is_listed {
                        // Of the pinned ones and of the unread none is left out, however far down it is.
                        self.await_with(conversation_id, event);
                    } else {
                        self.change(conversation_id, event, |conversation| conversation.put_personal(personal));
                    }
                }
            }
            Event::AgentJoined { conversation_id, agent_id, ref members, members_version } => {
                if agent_id == self.my_id() && !self.conversations.contains_key(&conversation_id) {
                    self.given(conversation_id, members_version, event);
                } else {
                    let members = members.clone();
                    self.change(conversation_id, event, |one| one.put_members(members, members_version));
                }
            }
            Event::AgentLeft { conversation_id, ref members, members_version, .. } => {
                let members = members.clone();
                self.change(conversation_id, event, |one| one.put_members(members, members_version));
            }
            Event::ConversationAssigned { conversation_id, ref standing }
            | Event::ConversationClosed { conversation_id, ref standing }
            | Event::ConversationReopened { conversation_id, ref standing }
            | Event::ConversationSnoozed { conversation_id, ref standing }
            | Event::ConversationWoken { conversation_id, ref standing } => {
                let is_known = self.conversations.contains_key(&conversation_id);
                // What comes back is in every list again, however far down.
                let moves = matches!(event, Event::ConversationSnoozed { .. } | Event::ConversationWoken { .. });
                if standing.assignee_id == Some(self.my_id()) && !is_known {
                    self.given(conversation_id, standing.members_version, event);
                } else if !is_known && !self.gone.contains(&conversation_id) && (moves || self.lists_by_whose()) {
                    // It may belong among what is listed, and only the conversation tells where.
                    self.await_with(conversation_id, event);
                } else {
                    let standing = standing.clone();
                    self.change(conversation_id, event, |one| one.put_standing(standing));
                }
            }
            Event::ConversationWithdrawn { conversation_id, agent_id, members_version } => {
                if agent_id == self.my_id() {
                    self.withdraw(conversation_id, members_version);
                }
            }
            Event::ConversationCleared { conversation_id, seq } => self.conversation_cleared(conversation_id, seq),
            Event::ConversationDeleted { conversation_id } => self.remove_conversation(conversation_id),
            // That they are on the blacklist their contact says. Who was taken off it is back in a list that may reach down to them.
            Event::ContactBlocked { conversation_id: Some(id), blocked: false, .. } => {
                if !self.conversations.contains_key(&id) && !self.gone.contains(&id) {
                    self.awaited.entry(id).or_default();
                }
            }
            Event::ContactBlocked { .. } => {}
            // Who was merged leads to the survivor, who comes with each conversation.
            Event::ContactDeleted { contact_id } | Event::ContactMerged { contact_id, .. } => {
                self.remove_contact(contact_id)
            }
            Event::ContactMergeUndone { .. } => {}
            // Who has no conversation stands in no list of them.
            Event::ContactUpdated { conversation_id: None, .. } => {}
            Event::ContactUpdated { conversation_id: Some(id), contact } => self.contact_updated(id, *contact),
            Event::ChannelCreated { channel } | Event::ChannelUpdated { channel } => self.put_channel(channel),
            // For visitors; an agent hears of the same edit as `ChannelUpdated`.
            Event::VisitorChannelUpdated { .. } => {}
            Event::ChannelDeleted { channel_id } => self.remove_channel(channel_id),
            Event::ChannelTreeUpdated { tree } => self.put_channel_tree(tree),
            Event::CustomFieldsSet { fields } => self.put_custom_fields(fields),
            Event::TagGroupSaved { group } => self.put_tag_group(group),
            Event::TagGroupDeleted { group_id } => self.remove_tag_group(group_id),
            Event::TagsDeleted { tag_ids } => self.remove_tags(tag_ids),
            // Colleagues and webhooks are held beside the state.
            Event::AgentCreated { .. }
            | Event::AgentUpdated { .. }
            | Event::AgentEdited { .. }
            | Event::AgentRemoved { .. }
            | Event::AgentGroupsChanged {}
            | Event::WebhooksChanged { .. } => {}
            Event::ApiTokensChanged {} => {}
            Event::MeUpdated { me } => self.put_me(me),
        }
    }

    /// What the answer to a recall means, ahead of its event; nothing, where the message says nothing any more. How many recalls there
    /// have been by then the answer does not tell. It counts as the next of those that what is held was true of: there are never fewer,
    /// and who counted on more would wait for them in vain.
    #[must_use]
    pub fn recalled_by_answer(&self, message: &Message) -> Option<Event> {
        let Message { conversation_id, id: message_id, seq, .. } = *message;
        let stretches = [self.shown(conversation_id), self.timeline(conversation_id)];
        stretches.into_iter().flatten().find_map(|timeline| {
            let held = timeline.messages().iter().rev().find(|held| held.seq == seq)?;
            let recalls = timeline.recalls().saturating_add(1);
            let event = Event::MessageRecalled { conversation_id, message_id, seq, recalls };
            (held.content != Content::Recalled {}).then_some(event)
        })
    }

    /// Takes the agent's own account as changed.
    pub fn put_me(&mut self, me: Me) {
        let before = std::mem::replace(&mut self.me, me);
        // An event names the session that made the change; ours stays ours.
        self.me.session_id = before.session_id;
        // An event from before what is known here: the views say so by themselves.
        if self.me.saved_views.revision < before.saved_views.revision {
            self.me.saved_views = before.saved_views;
        }
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

    /// The agent's own view of a conversation as changed here, or by an event.
    pub fn put_personal(&mut self, id: ConversationId, personal: Personal) {
        if let Some(mut conversation) = self.conversations.get(&id).cloned() {
            conversation.put_personal(personal);
            self.set_conversation(conversation);
        }
    }

    /// Takes whose a conversation is and who takes part as changed here, or by an event.
    pub fn put_standing(&mut self, id: ConversationId, standing: Standing) {
        if let Some(mut conversation) = self.conversations.get(&id).cloned() {
            conversation.put_standing(standing);
            self.set_conversation(conversation);
        }
    }

    /// A conversation has become ours: it is fetched.
    fn given(&mut self, id: ConversationId, version: i64, event: Event) {
        let withdrawn_since = self.withdrawn.get(&id).is_some_and(|withdrawn| *withdrawn >= version);
        if !withdrawn_since && !self.gone.contains(&id) {
            self.withdrawn.remove(&id);
            self.missing.remove(&id);
            self.await_with(id, event);
        }
    }

    /// A conversation is ours no more. What is known of it and of its contact goes.
    fn withdraw(&mut self, id: ConversationId, version: i64) {
        // Ours again since: what is known is newer than this.
        if self.conversations.get(&id).is_some_and(|known| known.members_version > version) {
            return;
        }
        if let Some(known) = self.conversations.get(&id) {
            self.contacts.remove(&known.contact.id);
        }
        self.conversation_is_missing(id);
        self.withdrawn.insert(id, version);
    }

    /// Whether a fetched conversation was read before it was withdrawn.
    pub(crate) fn is_older_than_withdrawal(&self, fetched: &Conversation) -> bool {
        self.withdrawn.get(&fetched.id).is_some_and(|version| fetched.members_version <= *version)
    }

    fn conversation_cleared(&mut self, id: ConversationId, seq: i64) {
        let event = Event::ConversationCleared { conversation_id: id, seq };
        let Some(conversation) = self.conversations.get(&id) else {
            self.keep_for_answers(id, event);
            return;
        };
        if conversation.cleared_seq < seq && (conversation.last_seq < seq || self.stale.contains(&id)) {
            // What was cleared is not all known: the counters can only be fetched.
            self.await_with(id, event);
        } else if conversation.cleared_seq < seq {
            let mut conversation = conversation.clone();
            clear(&mut conversation, seq);
            self.set_conversation(conversation);
            self.keep_awaited(id, event);
        }
        self.clear_messages(id, seq);
    }

    /// Takes a contact as changed here, ahead of its event.
    pub fn contact_saved(&mut self, contact: Contact) {
        let theirs = self.conversations.values().find(|conversation| conversation.contact.id == contact.id);
        if let Some(id) = theirs.map(|conversation| conversation.id) {
            self.contact_updated(id, contact);
        }
    }

    /// The conversation is gone, for everybody. Ids are never used twice.
    pub fn remove_conversation(&mut self, id: ConversationId) {
        self.conversation_is_missing(id);
        self.gone.insert(id);
    }

    /// Changes a conversation that is known. One that is being fetched gets the event afterwards, because the answer may
    /// have been read before it happened.
    pub(super) fn change(&mut self, id: ConversationId, event: Event, change: impl FnOnce(&mut Conversation)) {
        if let Some(mut conversation) = self.conversations.get(&id).cloned() {
            // A stale one gets what happened after it has been fetched.
            if !self.stale.contains(&id) {
                change(&mut conversation);
                // Its place in the lists may be another one.
                self.set_conversation(conversation);
            }
            self.keep_awaited(id, event);
        } else {
            self.keep_for_answers(id, event);
        }
    }

    /// Keeps an event for a page, or for the conversation itself, that is being fetched and may have been read before it happened.
    fn keep_for_answers(&mut self, id: ConversationId, event: Event) {
        if self.pages_awaited > 0 {
            self.during_page.push(event.clone());
        }
        self.keep_awaited(id, event);
    }

    fn keep_awaited(&mut self, id: ConversationId, event: Event) {
        if self.awaited.contains_key(&id) {
            self.await_with(id, event);
        }
    }

    /// Fetches a conversation; afterwards the event is applied, once.
    pub(super) fn await_with(&mut self, id: ConversationId, event: Event) {
        let later = self.awaited.entry(id).or_default();
        if !later.contains(&event) {
            later.push(event);
        }
    }

    fn message_created(&mut self, message: Message) {
        let id = message.conversation_id;
        let Some(conversation) = self.conversations.get(&id) else {
            self.await_with(id, Event::MessageCreated { message });
            return;
        };
        if message.seq > conversation.last_seq.saturating_add(1) || self.stale.contains(&id) {
            self.await_with(id, Event::MessageCreated { message });
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

    /// A message that was recalled says nothing any more where it is shown, and nothing of it comes back.
    fn recall_shown(&mut self, id: ConversationId, seq: i64, recalls: i64) {
        if let Some(timeline) = self.timelines.get_mut(&id) {
            timeline.recall(seq, recalls);
        }
        if let Some((_, timeline)) = self.detached.as_mut().filter(|(of, _)| *of == id) {
            timeline.recall(seq, recalls);
        }
    }

    fn contact_updated(&mut self, id: ConversationId, contact: Contact) {
        let summary = contact.summary();
        let event = Event::ContactUpdated { conversation_id: Some(id), contact: Box::new(contact.clone()) };
        let is_known = self.conversations.contains_key(&id) || self.gone.contains(&id);
        if !is_known && self.lists_any_of(&summary.tag_ids) {
            // It may belong among what is listed of the tag, and only the conversation tells where.
            self.await_with(id, event);
            return;
        }
        self.change(id, event, |conversation| {
            if conversation.contact.version <= summary.version {
                conversation.contact = summary;
            }
        });
        // Contacts of conversations that nobody has loaded are fetched when they are looked at.
        if self.conversations.contains_key(&id) {
            self.put_contact(contact);
        }
    }
}

/// What a recall means for a conversation. The unread ones stay so many: the message keeps its place.
fn recall(conversation: &mut Conversation, seq: i64, recalls: i64) {
    conversation.recalls = conversation.recalls.max(recalls);
    if let Some(last) = conversation.last_message.as_mut().filter(|last| last.seq == seq) {
        last.content = Content::Recalled {};
    }
}

/// What clearing means for a conversation that stands at the newest of the cleared messages, or further.
fn clear(conversation: &mut Conversation, seq: i64) {
    conversation.cleared_seq = seq;
    conversation.read_seq = conversation.read_seq.max(seq);
    conversation.visitor_read_seq = conversation.visitor_read_seq.max(seq);
    if conversation.last_seq == seq {
        conversation.last_message = None;
        conversation.waiting_since = None;
        conversation.unread = 0;
    }
}

fn author_id(message: &Message) -> Option<AgentId> {
    match &message.author {
        Author::Agent { id, .. } => Some(*id),
        Author::Visitor | Author::Automatic => None,
    }
}

/// What one more message means for its conversation; see the table in [`crate::state`].
fn add_message(conversation: &mut Conversation, message: &Message, mine: bool) {
    let seq = message.seq;
    conversation.last_seq = seq;
    conversation.last_activity_at = message.created_at;
    conversation.last_message = Some(preview(message));
    match message.author {
        Author::Visitor => {
            conversation.waiting_since.get_or_insert(message.created_at);
            conversation.unread = conversation.unread.saturating_add(1);
            conversation.visitor_read_seq = conversation.visitor_read_seq.max(seq);
        }
        Author::Agent { .. } => {
            conversation.waiting_since = None;
            conversation.agents_read_seq = conversation.agents_read_seq.max(seq);
            if mine {
                conversation.unread = 0;
                conversation.read_seq = conversation.read_seq.max(seq);
            }
        }
        Author::Automatic => {}
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
