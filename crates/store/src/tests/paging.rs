//! The list of conversations page by page, and messages stretch by stretch.

use super::world::{World, at, by_agent, on_both};
use crate::conversations::{BadCursor, ConversationCursor, Listed, list};
use crate::messages::{Window, for_viewer, for_visitor};
use crate::{Sender, Visitor};
use std::collections::HashSet;
use types::id::{ChannelId, ConversationId};

on_both!(
    pages_hold_each_conversation_once,
    conversations_that_rise_meanwhile_are_not_met_twice,
    an_agent_pages_through_their_own,
    a_channels_conversations,
    windows_of_messages,
);

async fn many(world: &World, count: i64) -> Vec<(Visitor, ConversationId)> {
    let mut made = Vec::new();
    for index in 0..count {
        // Three of a time, so that pages end within ties.
        made.push(world.conversation_of(world.visitor(), 1_000 + index / 3).await);
    }
    made
}

async fn pages_hold_each_conversation_once(world: World) {
    let made = many(&world, 20).await;
    let mut seen = Vec::new();
    let mut cursor: Option<ConversationCursor> = None;
    loop {
        let page = list(world.reader(), world.admin, Listed::default(), cursor, 7).await.unwrap();
        seen.extend(page.items.iter().map(|row| (row.last_activity_at, row.id)));
        match page.next_cursor {
            Some(next) => cursor = Some(next.parse().unwrap()),
            None => break,
        }
    }
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, ties by id: {seen:?}");
    assert_eq!(seen.len(), made.len());
    let exact = list(world.reader(), world.admin, Listed::default(), None, 20).await.unwrap();
    assert_eq!((exact.items.len(), exact.next_cursor), (20, None), "a full last page is the last");
    for text in ["", "x", "1", "1.", ".1", "1.zz", "99999999999999999999.00000000000000000000000000000000"] {
        assert_eq!(text.parse::<ConversationCursor>(), Err(BadCursor), "{text}");
    }
}

async fn conversations_that_rise_meanwhile_are_not_met_twice(world: World) {
    let made = many(&world, 20).await;
    let mut seen = HashSet::new();
    let mut cursor = None;
    let mut turned = 0;
    loop {
        let page = list(world.reader(), world.admin, Listed::default(), cursor, 6).await.unwrap();
        for row in &page.items {
            assert!(seen.insert(row.id), "{} twice", row.id);
        }
        let Some(next) = page.next_cursor else { break };
        cursor = Some(next.parse().unwrap());
        // One that was seen rises, and one that was not.
        for index in [19 - turned, turned] {
            let (visitor, conversation) = made[index];
            world.send(Sender::Visitor(visitor), conversation, 5_000).await.unwrap();
        }
        turned += 1;
    }
    assert!(turned >= 2);
    let risen = list(world.reader(), world.admin, Listed::default(), None, 100).await.unwrap();
    let missed = risen.items.iter().filter(|row| !seen.contains(&row.id));
    assert!(missed.clone().all(|row| row.last_activity_at == at(5_000)), "only what an event has told");
}

async fn an_agent_pages_through_their_own(world: World) {
    let made = many(&world, 9).await;
    for (_, conversation) in made.iter().step_by(2) {
        world.assign(*conversation, Some(world.agent.agent_id)).await;
    }
    let first = list(world.reader(), world.agent, Listed::default(), None, 3).await.unwrap();
    let cursor = first.next_cursor.unwrap().parse().unwrap();
    let second = list(world.reader(), world.agent, Listed::default(), Some(cursor), 3).await.unwrap();
    assert_eq!((first.items.len(), second.items.len(), second.next_cursor), (3, 2, None));
    assert!(first.items.iter().chain(&second.items).all(|row| row.assignee_id == Some(world.agent.agent_id)));
}

fn of(channel: ChannelId) -> Listed {
    Listed { channel_id: Some(channel), ..Listed::default() }
}

async fn a_channels_conversations(mut world: World) {
    many(&world, 3).await;
    let first = world.channel;
    world.channel = world.new_channel(world.org).await;
    let (_, other) = world.conversation().await;
    let page = list(world.reader(), world.admin, of(world.channel), None, 50).await.unwrap();
    assert_eq!(page.items.iter().map(|row| row.id).collect::<Vec<_>>(), [other]);
    assert_eq!(list(world.reader(), world.admin, of(first), None, 50).await.unwrap().items.len(), 3);
}

async fn windows_of_messages(world: World) {
    let (visitor, conversation) = world.conversation().await;
    for _ in 0..9 {
        world.send(by_agent(world.admin), conversation, 2_000).await.unwrap();
    }
    for (window, limit, seqs, has_earlier, has_later) in [
        (Window::Newest, 4, 7..=10, true, false),
        (Window::Newest, 50, 1..=10, false, false),
        (Window::Before(7), 4, 3..=6, true, true),
        (Window::Before(3), 4, 1..=2, false, true),
        (Window::After(2), 3, 3..=5, true, true),
        (Window::After(8), 5, 9..=10, true, false),
        (Window::After(0), 10, 1..=10, false, false),
    ] {
        let own = for_visitor(world.reader(), visitor, window, limit).await.unwrap();
        assert_eq!(own.items.iter().map(|message| message.seq).collect::<Vec<_>>(), seqs.collect::<Vec<i64>>());
        assert_eq!((own.has_earlier, own.has_later), (has_earlier, has_later), "{window:?}");
        assert_eq!(for_viewer(world.reader(), world.admin, conversation, window, limit).await.unwrap(), Some(own));
        assert_eq!(for_viewer(world.reader(), world.agent, conversation, window, limit).await.unwrap(), None);
    }
    for (window, has_earlier, has_later) in [(Window::After(10), true, false), (Window::Before(1), false, true)] {
        let empty = for_visitor(world.reader(), visitor, window, 5).await.unwrap();
        assert_eq!((empty.items.len(), empty.has_earlier, empty.has_later), (0, has_earlier, has_later), "{window:?}");
    }
    let nobody = for_visitor(world.reader(), world.visitor(), Window::Newest, 5).await.unwrap();
    assert_eq!((nobody.items.len(), nobody.has_earlier, nobody.has_later), (0, false, false));
}
