//! Read marks on both sides, unread counts, and the events of marks that move.

use super::world::{World, at, by_agent, on_both};
use crate::members::Members;
use crate::{AgentAudience, Reader, Sender, StoreError, VisitorAudience, conversations, visitors};
use types::conversations::ReadState;
use types::events::Event;

on_both!(
    reading_moves_the_mark_and_counts_the_unread,
    going_back_and_beyond_the_end,
    whoever_writes_has_read,
    the_visitors_mark,
    each_agent_has_their_own_mark,
    reading_is_not_answering,
    strangers_cannot_read,
);

fn state(seq: i64, unread: i64) -> ReadState {
    ReadState { seq, unread }
}

async fn reading_moves_the_mark_and_counts_the_unread(world: World) {
    let (visitor, conversation) = world.conversation().await;
    for _ in 0..4 {
        world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
    }
    let reader = Reader::Agent(world.admin);
    let before = world.sink.events().len();
    assert_eq!(world.read(reader, conversation, 3).await.unwrap(), state(3, 2));
    let events = world.sink.events().split_off(before);
    let read: Vec<Event> = events.iter().map(|event| serde_json::from_str(&event.payload).unwrap()).collect();
    assert_eq!(
        read,
        [
            Event::ConversationRead {
                conversation_id: conversation,
                agent_id: world.admin.agent_id,
                seq: 3,
                unread: 2
            },
            Event::AgentsRead { conversation_id: conversation, seq: 3 },
        ]
    );
    assert_eq!(events[0].audience.agents, AgentAudience::One(world.admin.agent_id));
    assert_eq!(events[0].audience.visitors, VisitorAudience::None, "how many are unread is the agents' business");
    assert_eq!(events[1].audience.agents, AgentAudience::Conversation { assignee: None, members: Members::default() });
    assert_eq!(events[1].audience.visitors, VisitorAudience::One(visitor.contact_id));

    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!((row.read_seq, row.unread, row.agents_read_seq), (3, 2, 3));
}

async fn going_back_and_beyond_the_end(world: World) {
    let (_, conversation) = world.conversation().await;
    let reader = Reader::Agent(world.admin);
    assert_eq!(world.read(reader, conversation, i64::MAX).await.unwrap(), state(1, 0));
    let events = world.sink.events().len();
    assert_eq!(world.read(reader, conversation, 1).await.unwrap(), state(1, 0));
    assert_eq!(world.read(reader, conversation, -5).await.unwrap(), state(1, 0));
    assert_eq!(world.sink.events().len(), events, "a mark that does not move is no event");
}

async fn whoever_writes_has_read(world: World) {
    let (visitor, conversation) = world.conversation().await;
    world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!((row.read_seq, row.unread, row.agents_read_seq, row.waiting_since), (2, 0, 2, None));
    assert_eq!(visitors::state(world.reader(), visitor).await.unwrap().unwrap().unread, 1);

    world.send(Sender::Visitor(visitor), conversation, 3_000).await.unwrap();
    let own = visitors::state(world.reader(), visitor).await.unwrap().unwrap();
    assert_eq!((own.visitor_read_seq, own.unread, own.agents_read_seq), (3, 0, 2));
    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!((row.unread, row.waiting_since), (1, Some(at(3_000))));
    assert!(!world.sink.kinds().contains(&"agents_read"), "the messages say it already");
}

async fn the_visitors_mark(world: World) {
    let (visitor, conversation) = world.conversation().await;
    for _ in 0..3 {
        world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    }
    let reader = Reader::Visitor(visitor);
    assert_eq!(world.read(reader, conversation, 3).await.unwrap(), state(3, 1));
    let last = world.sink.events().pop().unwrap();
    assert_eq!(last.kind, "visitor_read");
    assert_eq!(last.audience.visitors, VisitorAudience::One(visitor.contact_id));
    assert_eq!(world.read(reader, conversation, 4).await.unwrap(), state(4, 0));
}

async fn each_agent_has_their_own_mark(world: World) {
    let (_, conversation) = world.conversation().await;
    world.assign(conversation, Some(world.agent.agent_id)).await;
    world.read(Reader::Agent(world.admin), conversation, 1).await.unwrap();
    let row = conversations::get(world.reader(), world.agent, conversation).await.unwrap().unwrap();
    assert_eq!((row.read_seq, row.unread, row.agents_read_seq), (0, 1, 0), "whoever only watches is not noticed");
    assert_eq!(world.read(Reader::Agent(world.agent), conversation, 1).await.unwrap(), state(1, 0));
    assert_eq!(
        world.sink.kinds().iter().filter(|kind| **kind == "agents_read").count(),
        1,
        "it moved with whoever has it"
    );
}

async fn reading_is_not_answering(world: World) {
    let (_, conversation) = world.conversation().await;
    world.read(Reader::Agent(world.admin), conversation, 1).await.unwrap();
    let row = conversations::get(world.reader(), world.admin, conversation).await.unwrap().unwrap();
    assert_eq!(row.waiting_since, Some(at(1_000)));
}

async fn strangers_cannot_read(world: World) {
    let (_, conversation) = world.conversation().await;
    for reader in [Reader::Agent(world.agent), Reader::Visitor(world.visitor())] {
        let outcome = world.read(reader, conversation, 1).await;
        assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    }
}
