//! Everything that was ever committed, in order, and what follows from it: the reference that everybody is held to.
//!
//! The ledger forgets what is cleared and deleted; this does not. It hears of every commit as the bus does, also of one of which
//! nobody else hears because the process died, and applies it to a model that knows no database. What does not fit is noted, and
//! told when everything is at rest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use store::{AgentAudience, Audience, CommittedEvent, Viewer, VisitorAudience};
use types::conversations::Conversation;
use types::events::{Event, LedgerEvent};
use types::id::{AgentId, ContactId, ConversationId, MessageId, Nonce, OrgId};
use types::messages::{Author, Content, Message};
use types::notes::Note;
use types::time::Timestamp;

/// Clones are the same one: it outlives every process.
#[derive(Clone, Default)]
pub(super) struct Chronicle(Arc<Mutex<Book>>);

/// An event as it was committed.
pub(super) struct Told {
    pub(super) seq: i64,
    pub(super) conversation_id: Option<ConversationId>,
    pub(super) audience: Audience,
    pub(super) payload: Arc<str>,
}

/// Where a message was once stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placed {
    pub(super) conversation_id: ConversationId,
    pub(super) message_id: MessageId,
    pub(super) seq: i64,
}

/// A conversation, as what happened has made it.
pub(super) struct Talk {
    pub(super) org_id: OrgId,
    pub(super) contact: ContactId,
    pub(super) assignee: Option<AgentId>,
    pub(super) members: Vec<AgentId>,
    pub(super) cleared: i64,
    pub(super) recalls: i64,
    last_seq: i64,
    last_note: i64,
    pub(super) messages: Vec<Message>,
    pub(super) notes: Vec<Note>,
    /// The places of events that tell of its messages and notes, and of those that were cleared.
    tells: BTreeSet<i64>,
    hidden: BTreeSet<i64>,
}

#[derive(Default)]
pub(super) struct Book {
    /// Where each ledger stood when the world began, and what came after.
    ledgers: BTreeMap<OrgId, (i64, Vec<Told>)>,
    pub(super) talks: BTreeMap<ConversationId, Talk>,
    pub(super) deleted: BTreeSet<ConversationId>,
    /// Who was ever removed from which, or left it.
    pub(super) left: BTreeSet<(ConversationId, AgentId)>,
    /// Whose conversations these are or were: ids are never used twice.
    contacts: BTreeMap<ConversationId, ContactId>,
    /// Who said what was ever said, and when.
    pub(super) said: BTreeMap<MessageId, (Author, Timestamp)>,
    pub(super) recalled: BTreeSet<MessageId>,
    /// Every message that was ever stored, in the order of storing.
    pub(super) placed: Vec<(Nonce, Placed)>,
    wrong: Option<String>,
}

impl Chronicle {
    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }

    /// These were committed.
    pub(super) fn committed(&self, events: &[CommittedEvent]) {
        let mut book = self.book();
        for event in events {
            book.take(event);
        }
    }
}

impl Book {
    /// What was there when the world began.
    pub(super) fn begin(&mut self, org_id: OrgId, cursor: i64, there: Vec<(Conversation, Vec<Message>)>) {
        self.ledgers.insert(org_id, (cursor, Vec::new()));
        for (conversation, messages) in there {
            self.talk(org_id, &conversation);
            for message in messages {
                self.say(message);
            }
        }
    }

    /// The event at a place of an organisation's ledger.
    pub(super) fn at(&self, org_id: OrgId, seq: i64) -> Option<&Told> {
        let (base, told) = self.ledgers.get(&org_id)?;
        told.get(usize::try_from(seq - base - 1).ok()?)
    }

    /// The places of all events that were for an agent when they happened.
    pub(super) fn visible(&self, viewer: Viewer) -> Vec<i64> {
        let (_, told) = &self.ledgers[&viewer.org_id];
        told.iter().filter(|told| told.audience.agents.includes(viewer)).map(|told| told.seq).collect()
    }

    /// Whether the ledger may have forgotten an event, or keep it from this agent now.
    pub(super) fn is_hidden(&self, told: &Told, viewer: Viewer) -> bool {
        let Some(id) = told.conversation_id else { return false };
        let Some(talk) = self.talks.get(&id) else { return true };
        let of_it = matches!(told.audience.agents, AgentAudience::Conversation { .. });
        talk.hidden.contains(&told.seq) || (of_it && !talk.is_seen_by(viewer))
    }

    /// What the ledger tells of a message is the message as it is: of one that was recalled since no word is left.
    pub(super) fn expect_retold(&self, ledger: &[LedgerEvent]) {
        for LedgerEvent { seq, event } in ledger {
            let Event::MessageCreated { message } = event else { continue };
            let known = self.talks.get(&message.conversation_id).into_iter().flat_map(|talk| &talk.messages);
            let known = known.clone().find(|known| known.id == message.id);
            assert_eq!(Some(message), known, "event {seq} tells the message as it is");
        }
    }

    /// Where the ledger stood when the world began.
    pub(super) fn base(&self, org_id: OrgId) -> i64 {
        self.ledgers[&org_id].0
    }

    /// Every conversation that ever was.
    pub(super) fn everything(&self) -> impl Iterator<Item = ConversationId> {
        self.contacts.keys().copied()
    }

    pub(super) fn contact_of(&self, id: ConversationId) -> Option<ContactId> {
        self.contacts.get(&id).copied()
    }

    /// What has not fitted, first.
    pub(super) fn expect_sense(&self) {
        if let Some(wrong) = &self.wrong {
            panic!("{wrong}");
        }
    }

    fn take(&mut self, committed: &CommittedEvent) {
        let event: Event = serde_json::from_str(&committed.payload).unwrap();
        let CommittedEvent { org_id, seq, conversation_id, audience, kind, payload } = committed.clone();
        let (base, told) = self.ledgers.get_mut(&org_id).unwrap();
        let due = *base + i64::try_from(told.len()).unwrap() + 1;
        told.push(Told { seq, conversation_id, audience: audience.clone(), payload });
        if let Event::ConversationCreated { conversation } = &event {
            self.talk(org_id, conversation);
        }
        let fits = if seq == due { self.apply(seq, event, &audience) } else { Err(format!("{due} was due")) };
        if let Err(wrong) = fits {
            self.wrong.get_or_insert(format!("event {seq}, {kind}, does not fit: {wrong}"));
        }
    }

    /// Applies an event by its words alone.
    fn apply(&mut self, place: i64, event: Event, audience: &Audience) -> Result<(), String> {
        if audience.visitors != VisitorAudience::None && !may_reach_visitors(&event) {
            return Err(format!("it is for {:?}", audience.visitors));
        }
        let about = conversation_of(&event);
        let Some(id) = about else { return Ok(()) };
        let Some(talk) = self.talks.get_mut(&id) else { return Err("there is no such conversation".to_owned()) };
        match event {
            Event::MessageCreated { message } => {
                if message.seq != talk.last_seq + 1 {
                    return Err(format!("message {} after {}", message.seq, talk.last_seq));
                }
                if let Some(quote) = message.content.quote() {
                    let quoted = talk.messages.iter().find(|one| one.id == quote.message_id);
                    let quoted = quoted.ok_or("it quotes what is not there")?;
                    if quoted.to_quote() != *quote {
                        return Err(format!("it quotes {quoted:?} as {quote:?}"));
                    }
                }
                talk.tells.insert(place);
                if self.talks.values().flat_map(|talk| &talk.messages).any(|one| one.nonce == message.nonce) {
                    return Err("it is stored already".to_owned());
                }
                self.say(message);
            }
            Event::MessageRecalled { message_id, seq, recalls, .. } => {
                talk.recalls += 1;
                let message = talk.messages.iter_mut().find(|one| one.seq == seq && one.id == message_id);
                let message = message.filter(|one| one.content != (Content::Recalled {}));
                message.ok_or("there is nothing to recall")?.content = Content::Recalled {};
                for one in &mut talk.messages {
                    one.content.quoted_was_recalled(seq);
                }
                self.recalled.insert(message_id);
                if recalls != talk.recalls {
                    return Err(format!("it is recall {recalls}, {} was due", talk.recalls));
                }
            }
            Event::NoteCreated { note } => {
                talk.last_note += 1;
                talk.tells.insert(place);
                if note.number != talk.last_note || note.after_seq != talk.last_seq {
                    return Err(format!("note {} after {}", note.number, talk.last_note - 1));
                }
                if talk.notes.iter().any(|one| (one.author_id, one.nonce) == (note.author_id, note.nonce)) {
                    return Err("it is written already".to_owned());
                }
                talk.notes.push(note);
            }
            Event::NotesCleared { number, .. } => {
                talk.hide();
                talk.notes.clear();
                if number != talk.last_note {
                    return Err(format!("up to {number}, {} were written", talk.last_note));
                }
            }
            Event::ConversationCleared { seq, .. } => {
                talk.hide();
                talk.messages.clear();
                talk.cleared = seq;
                if seq != talk.last_seq {
                    return Err(format!("up to {seq}, {} were said", talk.last_seq));
                }
            }
            Event::AgentJoined { agent_id, members, .. } => {
                talk.members.push(agent_id);
                if talk.members != members {
                    return Err(format!("{members:?} take part, {:?} should", talk.members));
                }
            }
            Event::AgentLeft { agent_id, members, .. } => {
                talk.members.retain(|one| *one != agent_id);
                self.left.insert((id, agent_id));
                if talk.members != members {
                    return Err(format!("{members:?} take part, {:?} should", talk.members));
                }
            }
            Event::ConversationAssigned { standing, .. }
            | Event::ConversationClosed { standing, .. }
            | Event::ConversationReopened { standing, .. }
            | Event::ConversationSnoozed { standing, .. }
            | Event::ConversationWoken { standing, .. } => {
                if let Some(before) = talk.assignee.filter(|one| Some(*one) != standing.assignee_id) {
                    self.left.insert((id, before));
                }
                (talk.assignee, talk.members) = (standing.assignee_id, standing.members);
            }
            Event::ConversationDeleted { .. } => {
                self.deleted.insert(id);
                let talk = self.talks.remove(&id);
                return talk.map_or(Ok(()), |talk| talk.check_audience(audience));
            }
            _ => {}
        }
        self.talks.get(&id).map_or(Ok(()), |talk| talk.check_audience(audience))
    }

    fn talk(&mut self, org_id: OrgId, conversation: &Conversation) {
        self.contacts.insert(conversation.id, conversation.contact.id);
        let talk = Talk {
            org_id,
            contact: conversation.contact.id,
            assignee: conversation.assignee_id,
            members: conversation.members.clone(),
            cleared: 0,
            recalls: 0,
            last_seq: 0,
            last_note: 0,
            messages: Vec::new(),
            notes: Vec::new(),
            tells: BTreeSet::new(),
            hidden: BTreeSet::new(),
        };
        self.talks.insert(conversation.id, talk);
    }

    fn say(&mut self, message: Message) {
        let Message { id: message_id, conversation_id, seq, nonce, .. } = message;
        self.placed.push((nonce, Placed { conversation_id, message_id, seq }));
        self.said.insert(message_id, (message.author.clone(), message.created_at));
        let talk = self.talks.get_mut(&conversation_id).unwrap();
        talk.last_seq = seq;
        talk.messages.push(message);
    }
}

impl Talk {
    /// Whether an agent may see it now.
    pub(super) fn is_seen_by(&self, viewer: Viewer) -> bool {
        viewer.org_id == self.org_id && viewer.sees(self.assignee, &self.members.clone().into())
    }

    /// What was told so far of its messages and notes is cleared. Clearing messages clears the notes, and the other way round.
    fn hide(&mut self) {
        self.hidden.append(&mut self.tells);
    }

    /// Whether an event is for those who take part at this moment, and for no visitor but its own.
    fn check_audience(&self, audience: &Audience) -> Result<(), String> {
        if let AgentAudience::Conversation { assignee, members } = &audience.agents
            && (*assignee != self.assignee || members.as_slice() != self.members)
        {
            return Err(format!("it is for {assignee:?} and {members:?}, {:?} take part", self.members));
        }
        match audience.visitors {
            VisitorAudience::One(contact) if contact != self.contact => Err(format!("it is for visitor {contact}")),
            _ => Ok(()),
        }
    }
}

/// Which conversation an event is about.
pub(super) fn conversation_of(event: &Event) -> Option<ConversationId> {
    match event {
        Event::ConversationCreated { conversation } => Some(conversation.id),
        Event::MessageCreated { message } => Some(message.conversation_id),
        Event::NoteCreated { note } => Some(note.conversation_id),
        Event::MessageRecalled { conversation_id, .. }
        | Event::NotesCleared { conversation_id, .. }
        | Event::ConversationRead { conversation_id, .. }
        | Event::AgentsRead { conversation_id, .. }
        | Event::VisitorRead { conversation_id, .. }
        | Event::AgentJoined { conversation_id, .. }
        | Event::AgentLeft { conversation_id, .. }
        | Event::ConversationAssigned { conversation_id, .. }
        | Event::ConversationClosed { conversation_id, .. }
        | Event::ConversationReopened { conversation_id, .. }
        | Event::ConversationSnoozed { conversation_id, .. }
        | Event::ConversationWoken { conversation_id, .. }
        | Event::ConversationWithdrawn { conversation_id, .. }
        | Event::ConversationPersonalised { conversation_id, .. }
        | Event::ConversationCleared { conversation_id, .. }
        | Event::ConversationDeleted { conversation_id } => Some(*conversation_id),
        Event::ContactUpdated { conversation_id, .. } => *conversation_id,
        _ => None,
    }
}

/// What visitors may be told at all: of notes, of who takes part and of the agents' own views nothing.
pub(super) fn may_reach_visitors(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageCreated { .. }
            | Event::MessageRecalled { .. }
            | Event::AgentsRead { .. }
            | Event::VisitorRead { .. }
            | Event::ConversationCleared { .. }
            | Event::ConversationDeleted { .. }
            | Event::VisitorChannelUpdated { .. }
    )
}
