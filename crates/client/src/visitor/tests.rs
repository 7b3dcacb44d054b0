//! A chat, by its sessions and events.

use super::*;
use crate::samples;
use types::visitors::{VisitorChannel, VisitorStyle};

fn window(messages: Vec<Message>, has_later: bool) -> MessageWindow {
    let has_earlier = messages.first().is_some_and(|first| first.seq > 1);
    MessageWindow { has_earlier, has_later, items: messages, cleared_seq: 0, recalls: 0 }
}

fn session(contact: u128, messages: MessageWindow, read: i64, unread: i64) -> VisitorSession {
    VisitorSession {
        visitor_token: "token".to_owned(),
        contact_id: samples::contact_id(contact),
        identity: None,
        conversation_id: messages.items.first().map(|message| message.conversation_id),
        welcome: None,
        form: None,
        channel: VisitorChannel {
            name: "shop".to_owned(),
            introduction: String::new(),
            unsent_preview: false,
            style: VisitorStyle::default(),
            form: None,
        },
        messages,
        agents_read_seq: 0,
        visitor_read_seq: read,
        unread,
        queue_ahead: None,
        ticket: "ticket".to_owned(),
        files: samples::files(),
    }
}

fn agents(seq: i64) -> Message {
    samples::message_by(samples::agent(9), seq)
}

#[test]
fn an_echo_becomes_the_stored_message_whichever_of_ack_and_event_comes_first() {
    let stored = samples::message(1);
    for event_first in [true, false] {
        let mut chat = Chat::default();
        chat.open(&session(1, window(Vec::new(), false), 0, 0));
        chat.say(stored.nonce, stored.content.clone(), Timestamp(0));
        assert_eq!(chat.outbox_mut().due(Timestamp(0)).len(), 1);
        let event = Told::MessageCreated { message: stored.clone() };
        if event_first {
            assert_eq!(chat.apply(event.clone()), Change::Shown);
        }
        chat.acked(stored.nonce, stored.conversation_id, stored.id, stored.seq, stored.created_at);
        if !event_first {
            assert_eq!(chat.apply(event), Change::None);
        }
        assert_eq!(chat.messages(), std::slice::from_ref(&stored));
        assert!(chat.outbox().entries().is_empty());
        assert_eq!(chat.receipt(1), Receipt::Sent);
    }
}

#[test]
fn what_was_recalled_is_shown_so_and_one_that_was_missed_leads_to_asking_anew() {
    let recalled = |seq, recalls| Told::MessageRecalled { conversation_id: samples::conversation_id(1), seq, recalls };
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![agents(1), agents(2)], false), 0, 2));
    assert_eq!(chat.apply(recalled(2, 1)), Change::Shown);
    assert_eq!(chat.messages()[1].content, Content::Recalled {});
    assert_eq!((chat.apply(recalled(2, 1)), chat.unread()), (Change::None, 2));
    // While the visitor was away another was recalled, and one was said.
    let later = MessageWindow { recalls: 2, ..window(vec![agents(3)], false) };
    assert_eq!(chat.open(&session(1, later, 0, 3)), Change::Behind { after: 0 });
    assert_eq!((chat.after_seq(), chat.unread()), (None, 3), "asks for all of it");
    let mut first = agents(1);
    first.content = Content::Recalled {};
    let anew = MessageWindow { recalls: 2, ..window(vec![first.clone(), agents(2), agents(3)], false) };
    assert_eq!(chat.open(&session(1, anew, 0, 3)), Change::Shown);
    assert_eq!((&chat.messages()[0], chat.after_seq()), (&first, Some(3)));
    // An answer from before the recall that has just been heard of.
    let mut chat = Chat::default();
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    chat.apply(recalled(1, 1));
    assert_eq!(chat.open(&session(1, window(vec![agents(1)], false), 0, 1)), Change::Behind { after: 0 });
}

#[test]
fn a_conversation_that_was_deleted_meanwhile_is_gone_whatever_was_recalled_in_it() {
    let mut chat = Chat::default();
    // The first visit: no session has named the conversation yet.
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    chat.apply(Told::MessageCreated { message: samples::message(1) });
    chat.apply(Told::MessageCreated { message: agents(2) });
    let conversation_id = samples::conversation_id(1);
    chat.apply(Told::MessageRecalled { conversation_id, seq: 2, recalls: 1 });
    let gone = MessageWindow { cleared_seq: 2, ..window(Vec::new(), false) };
    assert_eq!(chat.open(&session(1, gone, 0, 0)), Change::Shown, "nothing is left to ask for");
    assert_eq!((chat.messages(), chat.after_seq()), (&[][..], None));
    let mut next = samples::message(1);
    next.conversation_id = samples::conversation_id(2);
    assert_eq!(chat.apply(Told::MessageCreated { message: next.clone() }), Change::Shown);
    assert_eq!(chat.messages(), [next], "and the next conversation begins");
}

/// A chat whose conversation was deleted and begun anew, of which only the acknowledgement has come so far.
fn begun_anew() -> (Chat, Message) {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1), agents(2)], false), 0, 1));
    let next =
        Message { conversation_id: samples::conversation_id(2), nonce: samples::nonce(7), ..samples::message(1) };
    chat.say(next.nonce, next.content.clone(), Timestamp(0));
    chat.acked(next.nonce, next.conversation_id, next.id, next.seq, next.created_at);
    (chat, next)
}

#[test]
fn an_acknowledgement_begins_the_next_conversation_and_what_the_last_one_tells_behind_it_counts_no_more() {
    let (mut chat, next) = begun_anew();
    assert_eq!(chat.messages(), std::slice::from_ref(&next));
    let conversation_id = samples::conversation_id(1);
    let late = [
        Told::MessageCreated { message: agents(3) },
        Told::MessageRecalled { conversation_id, seq: 2, recalls: 1 },
        Told::AgentsRead { conversation_id, seq: 3 },
        Told::VisitorRead { conversation_id, seq: 3 },
        Told::ConversationCleared { conversation_id, seq: 3 },
        Told::ConversationDeleted { conversation_id },
    ];
    for event in late {
        assert_eq!(chat.apply(event.clone()), Change::None, "{event:?}");
    }
    assert_eq!(chat.apply(Told::MessageCreated { message: next.clone() }), Change::None, "it is held already");
    assert_eq!((chat.messages(), chat.receipt(1), chat.unread()), (std::slice::from_ref(&next), Receipt::Sent, 0));
    let fresh = window(vec![next.clone()], false);
    assert_eq!(chat.open(&session(1, fresh, 1, 0)), Change::Shown, "nothing of it was recalled");
    assert_eq!(chat.messages(), [next]);
}

#[test]
fn a_session_from_before_the_deletion_is_asked_for_again() {
    let (mut chat, next) = begun_anew();
    let before = session(1, window(vec![samples::message(1), agents(2)], false), 0, 1);
    assert_eq!(chat.open(&before), Change::Behind { after: 0 });
    assert_eq!((chat.messages(), chat.unread()), (&[next][..], 0));
}

#[test]
fn who_sees_a_conversation_deleted_asks_what_the_next_one_begins_with() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    let deleted = Told::ConversationDeleted { conversation_id: samples::conversation_id(1) };
    assert_eq!(chat.apply(deleted.clone()), Change::Behind { after: 0 });
    assert_eq!((chat.messages(), chat.after_seq()), (&[][..], None));
    assert_eq!(chat.apply(deleted), Change::None, "once");
}

#[test]
fn an_agents_message_is_unread_until_read_and_reads_what_is_above() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    assert_eq!(chat.apply(Told::MessageCreated { message: agents(2) }), Change::Received);
    assert_eq!((chat.unread(), chat.receipt(1)), (1, Receipt::Read));
    assert_eq!(chat.apply(Told::MessageCreated { message: agents(2) }), Change::None);
    assert_eq!(chat.unread(), 1);
    assert_eq!(chat.mark_read(), Some(ClientFrame::MarkRead { conversation_id: None, seq: 2 }));
    assert_eq!((chat.unread(), chat.mark_read()), (0, None));
    assert!(chat.unconfirmed_read().is_some());
    chat.apply(Told::VisitorRead { conversation_id: samples::conversation_id(1), seq: 2 });
    assert_eq!(chat.unconfirmed_read(), None);
}

#[test]
fn a_welcome_is_nobodys_answer() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    let welcome = samples::message_by(Author::Automatic, 1);
    assert_eq!(chat.apply(Told::MessageCreated { message: welcome.clone() }), Change::Shown);
    assert_eq!((chat.unread(), chat.mark_read()), (0, Some(ClientFrame::MarkRead { conversation_id: None, seq: 1 })));
    chat.apply(Told::MessageCreated { message: samples::message(2) });
    assert_eq!((chat.unread(), chat.receipt(2), chat.read_seq()), (0, Receipt::Sent, 2));
    // The same by fetching.
    let mut chat = Chat::default();
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    chat.later(window(vec![welcome, samples::message(2)], false));
    assert_eq!((chat.unread(), chat.receipt(2), chat.read_seq()), (0, Receipt::Sent, 2));
}

#[test]
fn a_reconnect_takes_what_came_meanwhile_and_counts_it() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    assert_eq!(chat.after_seq(), Some(1));
    let opened = chat.open(&session(1, window(vec![agents(2)], true), 1, 2));
    assert_eq!(opened, Change::Behind { after: 2 });
    assert_eq!(chat.later(window(vec![agents(3)], false)), Change::Received);
    assert_eq!(chat.unread(), 2);
}

#[test]
fn a_gap_is_fetched_and_the_event_is_not_lost() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    assert_eq!(chat.apply(Told::MessageCreated { message: agents(3) }), Change::Behind { after: 1 });
    assert_eq!(chat.later(window(vec![agents(2), agents(3)], false)), Change::Received);
    assert_eq!((chat.messages().len(), chat.unread()), (3, 2));
}

#[test]
fn an_answer_older_than_the_first_message_does_not_take_it_away() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    chat.apply(Told::MessageCreated { message: samples::message(1) });
    // Asked for before the message was stored, and overtaken by its event.
    chat.open(&session(1, window(Vec::new(), false), 0, 0));
    assert_eq!(chat.messages(), [samples::message(1)]);
    assert_eq!(chat.read_seq(), 1);
}

#[test]
fn who_was_away_while_the_conversation_was_deleted_sees_nothing_of_it() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    chat.say(samples::nonce(5), samples::text("unsent"), Timestamp(0));
    assert_eq!(chat.open(&session(1, window(Vec::new(), false), 0, 0)), Change::Shown);
    assert_eq!((chat.messages(), chat.after_seq(), chat.outbox().entries().len()), ([].as_slice(), None, 1));
    // The next message begins another conversation.
    chat.apply(Told::MessageCreated { message: samples::message(1) });
    assert_eq!(chat.messages(), [samples::message(1)]);
}

#[test]
fn a_new_identity_begins_a_new_chat_but_keeps_what_was_not_sent() {
    let mut chat = Chat::default();
    chat.open(&session(1, window(vec![samples::message(1)], false), 1, 0));
    chat.say(samples::nonce(5), samples::text("unsent"), Timestamp(0));
    chat.open(&session(2, window(Vec::new(), false), 0, 0));
    assert!(chat.messages().is_empty());
    assert_eq!(chat.outbox().entries().len(), 1);
}

#[test]
fn what_is_stored_is_never_on_its_way_as_well() {
    let mut chat = Chat::default();
    let kept = |seq| {
        let stored = samples::message(seq);
        Outgoing::new(stored.nonce, None, stored.content, Timestamp(0))
    };
    chat.open(&session(1, window(vec![samples::message(2)], false), 2, 0));
    chat.restore(vec![kept(2), kept(1)]);
    let waiting: Vec<Nonce> = chat.outbox().entries().iter().map(|entry| entry.nonce).collect();
    assert_eq!(waiting, [samples::message(1).nonce]);
    assert_eq!(chat.earlier(window(vec![samples::message(1)], true)), 1);
    assert!(chat.outbox().entries().is_empty());
}

#[test]
fn a_count_that_reaches_beyond_what_is_held_is_the_servers() {
    let mut chat = Chat::default();
    let held: Vec<Message> = (51..=100).map(agents).collect();
    chat.open(&session(1, window(held, false), 10, 90));
    assert_eq!(chat.unread(), 90);
    chat.apply(Told::MessageCreated { message: agents(101) });
    assert_eq!(chat.unread(), 91);
}
