//! A batch of hot jobs: read once, decided in memory in the jobs' order, written once.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::direct::BatchConnection;
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::write::flush::{self, Changes, NewMessage};
use crate::write::jobs::{HotJob, MessageJob, Outcome, Party, ReadJob, StoredMessage, preview_of};
use crate::write::probe::{ConversationState, Known, Mark, lock, probe};
use std::collections::HashMap;
use types::conversations::ReadState;
use types::events::Event;
use types::id::{AgentId, ConversationId, Nonce, OrgId};
use types::messages::Message;
use types::time::Timestamp;
use uuid::Uuid;

/// What a batch came to. The rows are written; the events are still to be added to the ledger.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// One for each job, in order.
    pub(crate) outcomes: Vec<Outcome>,
    /// In the jobs' order.
    pub(crate) events: Vec<PendingEvent>,
}

/// What becomes of a visitor's message for which somebody has to be found first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unrouted {
    /// It fails the batch with [`StoreError::Unrouted`]: whoever asked sees to it.
    Refused,
    /// That was seen to: it is stored.
    Stored,
}

/// Does all of these jobs, or fails as a whole.
pub(crate) async fn place<C: BatchConnection>(
    conn: &C,
    jobs: &[HotJob],
    unrouted: Unrouted,
) -> Result<Placed, StoreError> {
    let (placed, changes) = decide(conn, jobs, unrouted).await?;
    flush::write(conn, changes).await?;
    Ok(placed)
}

/// What these jobs come to, and what has to be written for it.
pub(crate) async fn decide<C: BatchConnection>(
    conn: &C,
    jobs: &[HotJob],
    unrouted: Unrouted,
) -> Result<(Placed, Changes), StoreError> {
    lock(conn, jobs).await?;
    let known = probe(conn, jobs).await?;
    let mut batch = Batch::default();
    for (job, known) in jobs.iter().zip(known) {
        let outcome = match known {
            Some(known) => batch.decide(job, known),
            None => Outcome::NotFound,
        };
        batch.outcomes.push(outcome);
    }
    if batch.is_unrouted && unrouted == Unrouted::Refused {
        return Err(StoreError::Unrouted);
    }
    let changes = batch.changes();
    Ok((Placed { outcomes: batch.outcomes, events: batch.events }, changes))
}

/// A conversation while the batch is being decided.
#[derive(Debug)]
struct Open {
    org_id: OrgId,
    state: ConversationState,
    /// The batch's own newest message here, by its place in the batch.
    newest: Option<usize>,
    /// What the batch has added: the visitor's messages up to each new one, which are not yet in the database.
    inbound_at: HashMap<i64, i64>,
    changed: bool,
}

/// An agent's mark while the batch is being decided.
#[derive(Debug)]
struct OpenMark {
    org_id: OrgId,
    mark: Mark,
    at: Timestamp,
    changed: bool,
}

#[derive(Debug, Default)]
struct Batch {
    conversations: HashMap<ConversationId, Open>,
    marks: HashMap<(ConversationId, AgentId), OpenMark>,
    /// The nonces of this batch with the places of their messages: a repetition within it is answered like a later one.
    sent: HashMap<(ConversationId, Uuid, Nonce), usize>,
    messages: Vec<NewMessage>,
    outcomes: Vec<Outcome>,
    events: Vec<PendingEvent>,
    /// Whether somebody has to be found for one of them first.
    is_unrouted: bool,
}

impl Batch {
    fn decide(&mut self, job: &HotJob, known: Known) -> Outcome {
        let party = job.party();
        let Known { conversation, stored, mark, inbound_at_read } = known;
        let visible = match party {
            Party::Agent(viewer) => viewer.sees(conversation.assignee_id, &conversation.members),
            Party::Visitor(visitor) => visitor.contact_id == conversation.contact_id,
            // The organisation's own conversations were asked for.
            Party::Automatic(_) => true,
        };
        if !visible {
            return Outcome::NotFound;
        }
        // Decided under the conversation's lock, so that nothing comes in once the blacklist has been answered.
        if conversation.blocked && matches!(party, Party::Visitor(_)) {
            return Outcome::Blocked;
        }
        let id = job.conversation_id();
        let org_id = party.org_id();
        // Only the first job of a conversation sees it as it was before the batch; later ones see what the batch made of it.
        self.conversations.entry(id).or_insert_with(|| Open {
            org_id,
            state: conversation,
            newest: None,
            inbound_at: HashMap::new(),
            changed: false,
        });
        if let Party::Agent(viewer) = party {
            self.marks.entry((id, viewer.agent_id)).or_insert(OpenMark {
                org_id,
                mark,
                at: Timestamp(0),
                changed: false,
            });
        }
        match job {
            HotJob::Message(job) => self.send(job, org_id, stored),
            HotJob::Read(job) => self.read(job, party, inbound_at_read),
        }
    }

    fn send(&mut self, job: &MessageJob, org_id: OrgId, stored: Option<Message>) -> Outcome {
        let key = (job.conversation_id, job.sender_key(), job.nonce);
        let repeated = || self.sent.get(&key).and_then(|place| self.messages.get(*place));
        if let Some(message) = stored.or_else(|| repeated().map(|new| new.message.clone())) {
            return Outcome::Stored(StoredMessage { message, duplicate: true });
        }
        let Some(open) = self.conversations.get_mut(&job.conversation_id) else { return Outcome::NotFound };
        let state = &mut open.state;
        self.is_unrouted |= matches!(job.party(), Party::Visitor(_)) && state.needs_routing();
        let message = Message {
            id: job.id,
            conversation_id: job.conversation_id,
            seq: state.last_seq + 1,
            author: job.author(),
            content: job.content.clone(),
            nonce: job.nonce,
            created_at: job.at.max(state.last_activity_at),
        };
        state.last_seq = message.seq;
        state.last_activity_at = message.created_at;
        // Whoever writes has read what is above.
        match job.party() {
            Party::Visitor(_) => {
                state.inbound_count += 1;
                state.waiting_since.get_or_insert(message.created_at);
                state.visitor_read_outbound = message.seq - state.inbound_count;
                state.visitor_read_seq = message.seq;
            }
            Party::Agent(viewer) => {
                state.waiting_since = None;
                state.agents_read_seq = message.seq;
                if let Some(mark) = self.marks.get_mut(&(job.conversation_id, viewer.agent_id)) {
                    mark.mark = Mark { seq: message.seq, inbound_count: state.inbound_count };
                    mark.at = message.created_at;
                    mark.changed = true;
                }
            }
            // Nobody has read anything, and whoever waits waits on.
            Party::Automatic(_) => {}
        }
        let inbound_count = state.inbound_count;
        self.events.push(PendingEvent {
            org_id,
            conversation_id: Some(job.conversation_id),
            actor: actor(job.party()),
            audience: state.audience(),
            event: Event::MessageCreated { message: message.clone() },
            at: message.created_at,
        });
        open.inbound_at.insert(message.seq, inbound_count);
        let place = self.messages.len();
        open.newest = Some(place);
        open.changed = true;
        self.messages.push(NewMessage { message: message.clone(), org_id, sender: job.sender_key(), inbound_count });
        self.sent.insert(key, place);
        Outcome::Stored(StoredMessage { message, duplicate: false })
    }

    fn read(&mut self, job: &ReadJob, party: Party, inbound_at_read: i64) -> Outcome {
        let Some(open) = self.conversations.get_mut(&job.conversation_id) else { return Outcome::NotFound };
        let seq = job.seq.clamp(0, open.state.last_seq);
        let inbound = open.inbound_at.get(&seq).copied().unwrap_or(inbound_at_read);
        match party {
            Party::Agent(viewer) => {
                let Some(mark) = self.marks.get_mut(&(job.conversation_id, viewer.agent_id)) else {
                    return Outcome::NotFound;
                };
                if seq > mark.mark.seq {
                    mark.mark = Mark { seq, inbound_count: inbound };
                    mark.at = job.at;
                    mark.changed = true;
                    self.events.extend(agent_read(job, viewer.agent_id, seq, inbound, open));
                }
                let unread = open.state.inbound_count - mark.mark.inbound_count;
                Outcome::Read(ReadState { seq: mark.mark.seq, unread })
            }
            Party::Visitor(visitor) => {
                let state = &mut open.state;
                if seq > state.visitor_read_seq {
                    state.visitor_read_seq = seq;
                    state.visitor_read_outbound = seq - inbound;
                    open.changed = true;
                    self.events.push(PendingEvent {
                        org_id: visitor.org_id,
                        conversation_id: Some(job.conversation_id),
                        actor: Actor::Visitor(visitor.contact_id),
                        audience: state.audience(),
                        event: Event::VisitorRead { conversation_id: job.conversation_id, seq },
                        at: job.at,
                    });
                }
                let outbound = state.last_seq - state.inbound_count;
                Outcome::Read(ReadState { seq: state.visitor_read_seq, unread: outbound - state.visitor_read_outbound })
            }
            // It has no mark.
            Party::Automatic(_) => Outcome::NotFound,
        }
    }

    /// What is to be written.
    fn changes(&mut self) -> Changes {
        let messages = std::mem::take(&mut self.messages);
        let preview = |place: usize| messages.get(place).map(|new| preview_of(&new.message));
        let mut changes = Changes::default();
        for (id, open) in self.conversations.drain().filter(|(_, open)| open.changed) {
            changes.conversations.push(flush::NewState {
                org_id: open.org_id,
                conversation_id: id,
                state: open.state,
                last_message: open.newest.and_then(preview),
            });
        }
        for ((conversation_id, agent_id), open) in self.marks.drain().filter(|(_, open)| open.changed) {
            changes.marks.push(flush::NewMark {
                org_id: open.org_id,
                conversation_id,
                agent_id,
                mark: open.mark,
                at: open.at,
            });
        }
        Changes { messages, ..changes }
    }
}

/// The events of an agent's mark that has moved.
fn agent_read(job: &ReadJob, agent_id: AgentId, seq: i64, inbound: i64, open: &mut Open) -> Vec<PendingEvent> {
    let conversation_id = job.conversation_id;
    let state = &mut open.state;
    let event = |audience, event| PendingEvent {
        org_id: open.org_id,
        conversation_id: Some(conversation_id),
        actor: Actor::Agent(agent_id),
        audience,
        event,
        at: job.at,
    };
    let unread = state.inbound_count - inbound;
    let mut events = vec![event(
        Audience::agents(AgentAudience::One(agent_id)),
        Event::ConversationRead { conversation_id, agent_id, seq, unread },
    )];
    // Whoever only watches somebody else's conversation is not noticed.
    if seq > state.agents_read_seq && state.is_looked_after_by(agent_id) {
        state.agents_read_seq = seq;
        open.changed = true;
        events.push(event(state.audience(), Event::AgentsRead { conversation_id, seq }));
    }
    events
}

fn actor(party: Party) -> Actor {
    match party {
        Party::Agent(viewer) => Actor::Agent(viewer.agent_id),
        Party::Visitor(visitor) => Actor::Visitor(visitor.contact_id),
        Party::Automatic(_) => Actor::System,
    }
}
