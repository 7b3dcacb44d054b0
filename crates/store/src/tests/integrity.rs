//! The rules over whole tables find nothing in a healthy database, and every kind of damage.

use super::world::{World, by_agent, on_both};
use crate::{Reader, Sender, integrity};
use sea_orm::ConnectionTrait;

on_both!(a_healthy_database_breaks_no_rule, every_kind_of_damage_is_found);

/// Two conversations with messages and marks of both sides.
async fn lived_in(world: &World) {
    for _ in 0..2 {
        let (visitor, conversation) = world.conversation().await;
        world.send(Sender::Visitor(visitor), conversation, 2_000).await.unwrap();
        world.send(by_agent(world.admin), conversation, 3_000).await.unwrap();
        world.send(Sender::Visitor(visitor), conversation, 4_000).await.unwrap();
        world.send(by_agent(world.admin), conversation, 5_000).await.unwrap();
        world.send(Sender::Visitor(visitor), conversation, 6_000).await.unwrap();
        world.read(Reader::Agent(world.admin), conversation, 5).await.unwrap();
        world.read(Reader::Visitor(visitor), conversation, 5).await.unwrap();
    }
}

async fn a_healthy_database_breaks_no_rule(world: World) {
    assert_eq!(integrity::check(world.reader()).await.unwrap(), [], "empty");
    lived_in(&world).await;
    assert_eq!(integrity::check(world.reader()).await.unwrap(), []);
}

/// A statement that does damage, one that mends it, and the beginning of the rule that is broken.
const DAMAGE: [(&str, &str, &str); 18] = [
    ("UPDATE agent SET removed_at = 1", "UPDATE agent SET removed_at = NULL", "whoever was removed"),
    ("UPDATE message SET seq = 70 WHERE seq = 6", "UPDATE message SET seq = 6 WHERE seq = 70", "messages are numbered"),
    (
        "UPDATE message SET inbound_count = 9 WHERE seq = 4",
        "UPDATE message SET inbound_count = 3 WHERE seq = 4",
        "every message counts",
    ),
    ("UPDATE conversation SET inbound_count = 3", "UPDATE conversation SET inbound_count = 4", "a conversation counts"),
    (
        "UPDATE message SET created_at = created_at + 90000 WHERE seq = 2",
        "UPDATE message SET created_at = created_at - 90000 WHERE seq = 2",
        "time does not go back",
    ),
    (
        "UPDATE conversation SET last_activity_at = last_activity_at + 1",
        "UPDATE conversation SET last_activity_at = last_activity_at - 1",
        "time does not go back",
    ),
    (
        "UPDATE conversation SET waiting_since = NULL",
        "UPDATE conversation SET waiting_since = last_activity_at",
        "the visitor waits",
    ),
    ("UPDATE read_mark SET seq = 7", "UPDATE read_mark SET seq = 5", "a read mark lies"),
    ("UPDATE read_mark SET inbound_count = 1", "UPDATE read_mark SET inbound_count = 3", "a read mark lies"),
    (
        "UPDATE conversation SET agents_read_seq = 6",
        "UPDATE conversation SET agents_read_seq = 5",
        "the agents have read",
    ),
    (
        "UPDATE conversation SET visitor_read_outbound = 0",
        "UPDATE conversation SET visitor_read_outbound = 2",
        "the visitor's mark",
    ),
    (
        "UPDATE organisation SET last_event_seq = last_event_seq + 1",
        "UPDATE organisation SET last_event_seq = last_event_seq - 1",
        "the ledger is numbered",
    ),
    (
        "UPDATE event SET kind = 'message_lost' WHERE seq = 2",
        "UPDATE event SET kind = 'message_created' WHERE seq = 2",
        "every message is in the ledger",
    ),
    (
        "UPDATE contact SET tags = ':0190163d-8694-739b-aea5-966c26f8ad91'",
        "UPDATE contact SET tags = ''",
        "a contact names the tags",
    ),
    ("UPDATE contact SET merged_into = id", "UPDATE contact SET merged_into = NULL", "who was merged was so"),
    ("UPDATE conversation SET notes = 1", "UPDATE conversation SET notes = 0", "notes are numbered"),
    (
        "UPDATE conversation SET notes = 1, cleared_notes = 2",
        "UPDATE conversation SET notes = 0, cleared_notes = 0",
        "notes are numbered",
    ),
    (
        "UPDATE conversation SET last_message = replace(last_message, '\"seq\":6', '\"seq\":5')",
        "UPDATE conversation SET last_message = replace(last_message, '\"seq\":5', '\"seq\":6')",
        "the preview",
    ),
];

async fn every_kind_of_damage_is_found(world: World) {
    lived_in(&world).await;
    // Damage is done behind the writer's back, on the connection that it holds.
    world.writer.stop().await;
    for (damage, mend, rule) in DAMAGE {
        world.db.writer().execute_unprepared(damage).await.unwrap();
        let faults = integrity::check(world.reader()).await.unwrap();
        assert!(faults.iter().any(|fault| fault.rule.starts_with(rule)), "{damage}: {faults:?}");
        world.db.writer().execute_unprepared(mend).await.unwrap();
        assert_eq!(integrity::check(world.reader()).await.unwrap(), [], "{mend}");
    }
    let swap = "UPDATE event SET payload = replace(payload, '\"seq\":3', '\"seq\":4') WHERE kind = 'message_created'";
    world.db.writer().execute_unprepared(swap).await.unwrap();
    let faults = integrity::check(world.reader()).await.unwrap();
    assert!(faults.iter().any(|fault| fault.detail.contains("in place of 3")), "{faults:?}");
}
