//! Read marks: said once, and again until they are confirmed.

use super::*;

#[test]
fn reading_is_reported_once_and_only_while_somebody_watches() {
    let mut player = Player::live();
    let event = |seq| ServerFrame::Event {
        seq: None,
        event: Event::MessageCreated { message: message(seq, agent(), nonce(u128::try_from(seq).unwrap())) },
    };
    assert_eq!(player.frame(event(1)), [Command::Announce]);
    let read = |seq| Command::Send(ClientFrame::MarkRead { conversation_id: None, seq });
    assert_eq!(player.feed(Input::Watching(true)), [read(1)]);
    assert_eq!(player.feed(Input::Watching(true)), []);
    assert_eq!(player.frame(event(2)), [read(2)]);
    player.feed(Input::Watching(false));
    assert_eq!(player.frame(event(3)), [Command::Announce]);
}

#[test]
fn a_read_mark_that_is_not_confirmed_is_said_again() {
    let mut player = Player::live();
    let event = Event::MessageCreated { message: message(1, agent(), nonce(1)) };
    player.frame(ServerFrame::Event { seq: None, event });
    let read = [Command::Send(ClientFrame::MarkRead { conversation_id: None, seq: 1 })];
    assert_eq!(player.feed(Input::Watching(true)), read);
    for _ in 0..2 {
        let before = player.now;
        assert_eq!(player.sleep(), read);
        assert_eq!(player.now.millis_since(before), 10_000);
    }
    let confirmed = Event::VisitorRead { conversation_id: ConversationId(Uuid::from_u128(1)), seq: 1 };
    player.frame(ServerFrame::Event { seq: None, event: confirmed });
    assert_eq!(player.sleep(), [Command::Send(ClientFrame::Ping {})]);
}

#[test]
fn reading_without_a_connection_is_reported_after_it() {
    let mut player = Player::new();
    player.feed(Input::Watching(true));
    player.feed(Input::Start(Vec::new()));
    player.open(session(&[message(1, agent(), nonce(1))], None, 0));
    let ready = player.ready();
    assert!(ready.contains(&Command::Send(ClientFrame::MarkRead { conversation_id: None, seq: 1 })));
}
