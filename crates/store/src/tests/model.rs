//! Random interleavings of sends and reads, in random batches, against a model that counts by walking the messages.

use super::world::{World, at, by_agent, content, on_both};
use crate::write::{HotJob, Outcome, Unrouted, place};
use crate::{MessageJob, ReadJob, Reader, Sender, Viewer, Visitor, conversations, messages, visitors};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::TransactionTrait;
use std::collections::HashMap;
use types::conversations::ReadState;
use types::id::{AgentId, ConversationId, MessageId, Nonce};
use uuid::Uuid;

on_both!(any_interleaving_counts_like_the_model);

/// Who acts: the visitor, or one of two agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Visitor,
    Agent(usize),
}

#[derive(Debug, Clone)]
enum Step {
    /// The nonce comes from a small range, so that repetitions happen.
    Send {
        who: Who,
        conversation: usize,
        nonce: u128,
    },
    Read {
        who: Who,
        conversation: usize,
        seq: i64,
    },
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![Just(Who::Visitor), (0..2_usize).prop_map(Who::Agent)]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (who(), 0..2_usize, 0..40_u128).prop_map(|(who, conversation, nonce)| Step::Send { who, conversation, nonce }),
        2 => (who(), 0..2_usize, 0..30_i64).prop_map(|(who, conversation, seq)| Step::Read { who, conversation, seq }),
    ]
}

/// Batches of one to a dozen steps.
fn schedule() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(step(), 1..12), 1..8)
}

/// One conversation, remembered as plainly as can be.
#[derive(Debug, Clone, Default)]
struct Model {
    messages: Vec<(Who, u128)>,
    read: HashMap<usize, i64>,
    agents_read: i64,
    visitor_read: i64,
}

impl Model {
    fn last(&self) -> i64 {
        i64::try_from(self.messages.len()).unwrap()
    }

    /// How many messages of one side lie after a `seq`, by walking them.
    fn after(&self, seq: i64, visitors: bool) -> i64 {
        let skip = usize::try_from(seq).unwrap();
        let rest = self.messages.iter().skip(skip);
        i64::try_from(rest.filter(|(who, _)| (*who == Who::Visitor) == visitors).count()).unwrap()
    }

    fn read_of(&self, agent: usize) -> i64 {
        self.read.get(&agent).copied().unwrap_or_default()
    }

    /// The place of the message and whether it was there before.
    fn send(&mut self, who: Who, nonce: u128) -> (i64, bool) {
        if let Some(place) = self.messages.iter().position(|stored| *stored == (who, nonce)) {
            return (i64::try_from(place).unwrap() + 1, true);
        }
        self.messages.push((who, nonce));
        let last = self.last();
        match who {
            Who::Visitor => self.visitor_read = last,
            Who::Agent(agent) => {
                self.read.insert(agent, last);
                self.agents_read = last;
            }
        }
        (last, false)
    }

    fn mark(&mut self, who: Who, seq: i64) -> ReadState {
        let seq = seq.min(self.last());
        match who {
            Who::Visitor => {
                self.visitor_read = self.visitor_read.max(seq);
                ReadState { seq: self.visitor_read, unread: self.after(self.visitor_read, false) }
            }
            Who::Agent(agent) => {
                let moved = self.read_of(agent).max(seq);
                self.read.insert(agent, moved);
                self.agents_read = self.agents_read.max(moved);
                ReadState { seq: moved, unread: self.after(moved, true) }
            }
        }
    }
}

struct Stage<'w> {
    world: &'w World,
    agents: [Viewer; 2],
    places: [(Visitor, ConversationId); 2],
}

impl Stage<'_> {
    fn sender(&self, who: Who, conversation: usize) -> Sender {
        match who {
            Who::Visitor => Sender::Visitor(self.places[conversation].0),
            Who::Agent(agent) => by_agent(self.agents[agent]),
        }
    }

    fn job(&self, step: &Step) -> HotJob {
        match *step {
            Step::Send { who, conversation, nonce } => HotJob::Message(MessageJob {
                id: MessageId(self.world.uuid()),
                conversation_id: self.places[conversation].1,
                sender: self.sender(who, conversation),
                nonce: Nonce(Uuid::from_u128(nonce)),
                content: content("嗯"),
                at: at(2_000),
            }),
            Step::Read { who, conversation, seq } => HotJob::Read(ReadJob {
                conversation_id: self.places[conversation].1,
                reader: match who {
                    Who::Visitor => Reader::Visitor(self.places[conversation].0),
                    Who::Agent(agent) => Reader::Agent(self.agents[agent]),
                },
                seq,
                at: at(2_000),
            }),
        }
    }

    async fn play(&self, batches: &[Vec<Step>]) {
        // The visitor's first message, under a nonce that no step uses.
        let mut models = [Model::default(), Model::default()];
        for model in &mut models {
            model.send(Who::Visitor, u128::MAX);
        }
        for batch in batches {
            let jobs: Vec<HotJob> = batch.iter().map(|step| self.job(step)).collect();
            let txn = self.world.db.writer().begin().await.unwrap();
            let placed = place(&txn, &jobs, Unrouted::Stored).await.unwrap();
            txn.commit().await.unwrap();
            for (step, outcome) in batch.iter().zip(placed.outcomes) {
                match (step, outcome) {
                    (Step::Send { who, conversation, nonce }, Outcome::Stored(stored)) => {
                        let expected = models[*conversation].send(*who, *nonce);
                        assert_eq!((stored.message.seq, stored.duplicate), expected, "{step:?}");
                    }
                    (Step::Read { who, conversation, seq }, Outcome::Read(state)) => {
                        assert_eq!(state, models[*conversation].mark(*who, *seq), "{step:?}");
                    }
                    (step, outcome) => panic!("{step:?} came to {outcome:?}"),
                }
            }
        }
        for (model, place) in models.iter().zip(self.places) {
            self.compare(model, place).await;
        }
    }

    async fn compare(&self, model: &Model, (visitor, conversation): (Visitor, ConversationId)) {
        let reader = self.world.reader();
        let waiting = model.messages.last().is_some_and(|(who, _)| *who == Who::Visitor);
        for (index, viewer) in self.agents.into_iter().enumerate() {
            let row = conversations::get(reader, viewer, conversation).await.unwrap().unwrap();
            assert_eq!(row.last_seq, model.last());
            assert_eq!(row.read_seq, model.read_of(index));
            assert_eq!(row.unread, model.after(row.read_seq, true));
            assert_eq!(row.agents_read_seq, model.agents_read);
            assert_eq!(row.visitor_read_seq, model.visitor_read);
            assert_eq!(row.waiting_since.is_some(), waiting);
            assert_eq!(row.last_message.unwrap().seq, model.last());
        }
        let own = visitors::state(reader, visitor).await.unwrap().unwrap();
        assert_eq!(own.unread, model.after(model.visitor_read, false));
        let mut stored = Vec::new();
        while stored.len() < model.messages.len() {
            let after = messages::Window::After(i64::try_from(stored.len()).unwrap());
            let window = messages::for_visitor(reader, visitor, after, 100).await.unwrap();
            assert!(!window.items.is_empty());
            stored.extend(window.items.into_iter().map(|message| (message.author.is_visitor(), message.seq)));
        }
        let said = model.messages.iter().zip(1..).map(|((who, _), seq)| (*who == Who::Visitor, seq));
        assert_eq!(stored, said.collect::<Vec<_>>());
    }
}

async fn any_interleaving_counts_like_the_model(world: World) {
    let other = Viewer { agent_id: AgentId(world.agent.agent_id.0), sees_all: true, ..world.agent };
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let outcome = tokio::task::block_in_place(|| {
        runner.run(&schedule(), |batches| {
            handle.block_on(async {
                let places = [world.conversation().await, world.conversation().await];
                Stage { world: &world, agents: [world.admin, other], places }.play(&batches).await;
            });
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
