//! What agents do besides writing and reading: recall, note, add and remove colleagues, clear and delete.

use super::people::{Client, Console};
use super::question::{Answer, What};
use super::requests::{Asker, fetch_conversation};
use super::seeds::{AGENTS, BEFORE, HERE, is_assignee, sees_anyway};
use super::task::Gate;
use super::world::World;
use crate::actions::{conversations, members, notes, recalling};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use client::sync::Input;
use rules::recalling::recallable_until;
use std::rc::Rc;
use store::{OrgScope, Viewer};
use types::error::ErrorCode;
use types::id::{AgentId, ConversationId, MessageId, Nonce};
use types::messages::{Author, Content, Message};
use types::notes::CreateNote;
use types::time::Timestamp;
use uuid::Uuid;

/// What every note says, and nothing else does: no visitor may ever be told it.
pub(super) const AMONG_AGENTS: &str = "among ourselves";

/// What an agent asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    Recall(ConversationId, MessageId),
    Note(ConversationId, Nonce, Option<AgentId>),
    Add(ConversationId, AgentId),
    Remove(ConversationId, AgentId),
    Clear(ConversationId),
    Delete(ConversationId),
}

/// What became of it.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) doing: Doing,
    /// When the server began with it.
    at: Timestamp,
    /// Whether the message had been recalled by then.
    was_recalled: bool,
    /// What the console takes of the answer, where it takes anything.
    result: Result<Option<Input>, ErrorCode>,
}

impl Doing {
    /// The message that is to be recalled.
    pub(super) fn recalls(&self) -> Option<MessageId> {
        match self {
            Self::Recall(_, message) => Some(*message),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Recall(..) => "a recall",
            Self::Note(..) => "a note",
            Self::Add(..) => "adding a member",
            Self::Remove(..) => "removing a member",
            Self::Clear(_) => "clearing",
            Self::Delete(_) => "a deletion",
        }
    }
}

/// Does what the endpoint does.
pub(super) async fn carry_out(state: AppState, gate: Rc<Gate>, by: Asker, doing: Doing, was_recalled: bool) -> Answer {
    let at = state.clock.now();
    let result = attempt(&state, &gate, by, doing.clone()).await.map_err(|error| error.problem().code);
    Answer::Done(Box::new(Done { doing, at, was_recalled, result }))
}

async fn attempt(state: &AppState, gate: &Gate, by: Asker, doing: Doing) -> ApiResult<Option<Input>> {
    let agent = AnyAgent::of_session(state, OrgScope::new(by.org_id), by.session_id).await?;
    Ok(match doing {
        Doing::Recall(conversation, message) => {
            let recalled = recalling::recall_message(state, &agent, conversation, message).await?;
            Some(Input::MessageRecalled(Box::new(recalled)))
        }
        Doing::Note(conversation, nonce, mentioned) => {
            let text = format!("{AMONG_AGENTS} {nonce}");
            let note = CreateNote { nonce, text, whisper: false, mentions: mentioned.into_iter().collect() };
            let (note, _) = notes::create_note(state, &agent, conversation, note).await?;
            Some(Input::NoteSaved(Box::new(note)))
        }
        Doing::Add(conversation, who) => {
            let added = members::add_conversation_member(state, &agent, conversation, who).await?;
            Some(Input::ConversationSaved(Box::new(added)))
        }
        Doing::Remove(conversation, who) => {
            members::remove_conversation_member(state, &agent, conversation, who).await?;
            left(state, gate, &agent, conversation).await
        }
        Doing::Clear(conversation) => {
            conversations::clear_conversation(state, &agent, conversation).await?;
            left(state, gate, &agent, conversation).await
        }
        Doing::Delete(conversation) => {
            conversations::delete_in_steps(state, &agent, conversation, None).await?;
            Some(Input::ConversationRemoved(conversation))
        }
    })
}

/// The console asks for what is left of it, by another request.
async fn left(state: &AppState, gate: &Gate, agent: &AnyAgent, conversation: ConversationId) -> Option<Input> {
    gate.stop().await;
    let left = fetch_conversation(state, agent, conversation).await.ok().flatten();
    left.map(|left| Input::ConversationFetched(Box::new(left)))
}

impl World {
    /// An agent does something to a conversation that they know, or, now and then, to one of which they can only have heard.
    pub(super) fn deal(&mut self, index: usize, deal: impl FnOnce(&mut Self, ConversationId) -> Option<Doing>) {
        let Some(console) = self.clients[index].console() else { return };
        let known = console.known();
        let id = if self.dice.one_in(8) { Some(BEFORE) } else { self.dice.pick(&known) };
        if let Some(doing) = id.and_then(|id| deal(self, id)) {
            self.send_request(index, What::Do(doing));
        }
    }

    /// A message that the console shows is taken back, mostly one of the agent's own; sometimes at the very last moment, or just
    /// after it.
    pub(super) async fn recall(&mut self, index: usize) {
        let Some(console) = self.clients[index].console() else { return };
        let (any, me) = (self.dice.one_in(6), console.me.id);
        let of_mine = |message: &&Message| any || matches!(&message.author, Author::Agent { id, .. } if *id == me);
        let shown: Vec<(ConversationId, MessageId, Timestamp)> = console
            .known()
            .into_iter()
            .filter_map(|id| console.machine.state().timeline(id))
            .flat_map(|timeline| timeline.messages().iter().filter(of_mine))
            .map(|message| (message.conversation_id, message.id, message.created_at))
            .collect();
        let Some((conversation, message, at)) = self.dice.pick(&shown) else { return };
        self.send_request(index, What::Do(Doing::Recall(conversation, message)));
        let id = self.last_request;
        if self.dice.one_in(4) {
            let late = self.dice.millis(2);
            self.advance_to(recallable_until(at).plus_millis(late)).await;
            self.serve(id).await;
        }
    }

    pub(super) fn note(&mut self, index: usize) {
        let again = self.dice.one_in(5);
        self.deal(index, |world, id| {
            let nonce = Nonce(world.dice.uuid());
            let mentioned = world.dice.one_in(3).then(|| world.somebody());
            let new = Doing::Note(id, nonce, mentioned);
            // Asked once more, as a console does that has heard no answer; or, by another one, under the same nonce.
            let before = world.noted.filter(|_| again).map(|(id, nonce)| Doing::Note(id, nonce, None));
            world.noted = Some((id, nonce));
            Some(before.unwrap_or(new))
        });
    }

    /// Somebody is added, or removed: mostly one who takes part, as far as the console knows, and who sees it for no other reason.
    pub(super) fn change_members(&mut self, index: usize) {
        let Some(console) = self.clients[index].console() else { return };
        let state = console.machine.state();
        let taking_part: Vec<(ConversationId, AgentId)> = state
            .conversations()
            .flat_map(|conversation| conversation.members.iter().map(|member| (conversation.id, *member)))
            .collect();
        let losing: Vec<(ConversationId, AgentId)> =
            taking_part.iter().copied().filter(|(id, member)| !sees_anyway(*id, *member)).collect();
        let keeps = self.dice.one_in(4);
        let among = if losing.is_empty() || self.dice.one_in(4) { taking_part } else { losing };
        if let Some((id, member)) = self.dice.pick(&among).filter(|_| !keeps) {
            self.send_request(index, What::Do(Doing::Remove(id, member)));
            return;
        }
        self.deal(index, |world, id| {
            let who = world.somebody();
            Some(if world.dice.one_in(6) { Doing::Remove(id, who) } else { Doing::Add(id, who) })
        });
    }

    pub(super) fn end(&mut self, index: usize) {
        self.deal(index, |world, id| Some(if world.dice.one_in(3) { Doing::Delete(id) } else { Doing::Clear(id) }));
    }

    /// One of the agents here, mostly one of those who do not see everything.
    fn somebody(&mut self) -> AgentId {
        let here: Vec<u128> =
            AGENTS.iter().filter(|(place, ..)| *place == HERE).map(|(_, number, ..)| *number).collect();
        let last = here.len() - 1;
        let place = if self.dice.one_in(4) { self.dice.below(here.len()) } else { last - self.dice.below(2) };
        AgentId(Uuid::from_u128(here[place]))
    }

    /// What a message says, that may answer to one of those shown.
    pub(super) fn content(&mut self, index: usize, to: Option<ConversationId>, text: String, answers: bool) -> Content {
        let client = &self.clients[index];
        let shown: &[Message] = match (client.console(), client.tab()) {
            (Some(console), _) => {
                to.and_then(|id| console.machine.state().timeline(id)).map_or(&[], |timeline| timeline.messages())
            }
            (None, Some(tab)) => tab.machine.chat().messages(),
            (None, None) => &[],
        };
        let places: Vec<usize> = (0..shown.len()).collect();
        let quote =
            self.dice.pick(&places).filter(|_| answers).and_then(|place| shown.get(place)).map(Message::to_quote);
        match quote {
            Some(quote) => Content::Reply { text, quote: Box::new(quote) },
            None => Content::Text { text },
        }
    }

    /// The server has decided: whether it could decide so, and how often it did.
    pub(super) fn decided(&mut self, index: usize, done: &Done) {
        let Some(Console { viewer, me, .. }) = self.clients[index].console() else { return };
        let (doing, name) = (&done.doing, done.doing.name());
        match &done.result {
            Ok(_) => self.tally.count(name),
            // Nobody could decide.
            Err(ErrorCode::Busy | ErrorCode::Unavailable) => return,
            Err(code) => {
                let expected = [ErrorCode::NotFound, ErrorCode::Forbidden, ErrorCode::Conflict, ErrorCode::Invalid];
                assert!(expected.contains(code), "{name} was answered with {code:?}");
                self.tally.count(match (doing, code) {
                    (Doing::Recall(..), ErrorCode::Conflict) => "a recall refused as late",
                    (Doing::Recall(..), _) => "a recall refused otherwise",
                    (Doing::Note(..), _) => "a note refused",
                    (Doing::Add(..) | Doing::Remove(..), _) => "a change of members refused",
                    (Doing::Clear(_) | Doing::Delete(_), _) => "an end refused",
                });
            }
        }
        match doing {
            Doing::Recall(_, message) => self.check_recall(*message, *viewer, done),
            Doing::Clear(id) | Doing::Delete(id) if done.result.is_ok() => {
                assert!(viewer.sees_all || is_assignee(*id, viewer.agent_id), "{} has ended {id}", me.name);
            }
            _ => {}
        }
    }

    /// Recalled is what the agent has said themselves, not too long ago; or what was recalled before.
    fn check_recall(&self, message: MessageId, by: Viewer, done: &Done) {
        let book = self.chronicle.book();
        let Some((author, said_at)) = book.said.get(&message) else { return };
        let own = matches!(author, Author::Agent { id, .. } if *id == by.agent_id);
        let in_time = done.at <= recallable_until(*said_at) || done.was_recalled;
        let fits = match &done.result {
            Ok(_) => own && in_time,
            Err(ErrorCode::Conflict) => own && !in_time,
            Err(ErrorCode::Forbidden) => !own,
            Err(_) => true,
        };
        assert!(fits, "a recall of what {author:?} said at {said_at:?} ended so at {:?}: {:?}", done.at, done.result);
    }

    /// The person gives up what the server will never take: it answers to what is gone, or goes to what is theirs no more.
    pub(super) fn give_up(&mut self) {
        for index in 0..self.clients.len() {
            for nonce in self.clients[index].failed() {
                self.trace.note(|| format!("client {index} gives {nonce} up"));
                self.tally.count("a message refused for good");
                self.given_up.insert(nonce);
                self.tell_console(index, Input::Discard(nonce));
                self.tell_tab(index, widget::live::Input::Discard(nonce));
            }
        }
    }
}

impl Client {
    /// The messages that were refused for good.
    fn failed(&self) -> Vec<Nonce> {
        let entries = match (self.console(), self.tab()) {
            (Some(console), _) => console.machine.outbox().entries(),
            (None, Some(tab)) => tab.machine.chat().outbox().entries(),
            (None, None) => &[],
        };
        let failed = entries.iter().filter(|entry| matches!(entry.delivery, client::outbox::Delivery::Failed { .. }));
        failed.map(|entry| entry.nonce).collect()
    }
}

impl Done {
    /// What the console is told.
    pub(super) fn input(self) -> Option<Input> {
        self.result.ok().flatten()
    }
}
