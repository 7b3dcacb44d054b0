//! The form before the chat, from being asked to the first message.

use super::*;
use types::pre_chat::VisitorForm;

fn asking() -> VisitorSession {
    VisitorSession { form: Some(VisitorForm::default()), ..session(&[], None, 0) }
}

fn edited(form: Option<u32>) -> ServerFrame {
    let channel = VisitorChannel { form, ..session(&[], None, 0).channel };
    ServerFrame::Event { seq: None, event: Event::VisitorChannelUpdated { channel } }
}

#[test]
fn what_was_written_before_the_form_came_waits_for_its_answers() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    player.say(1);
    player.open(asking());
    assert!(player.machine.asks());
    assert_eq!(sends(&player.ready()), []);
    player.open(asking());
    // The form's script says that the answers are kept: the session tells whether they were enough.
    assert_eq!(player.feed(Input::Renew), [Command::OpenSession { after_seq: None }]);
    assert_eq!(sends(&player.open(session(&[], None, 0))), [nonce(1)]);
    assert!(!player.machine.asks());
}

#[test]
fn answers_count_where_no_socket_can_be_had() {
    let mut player = Player::new();
    player.feed(Input::Start(Vec::new()));
    player.open(asking());
    // Before the socket is there, and after it has failed.
    assert_eq!(player.feed(Input::Renew), [Command::OpenSession { after_seq: None }]);
    player.open(asking());
    player.feed(Input::SocketClosed(1006));
    assert!(player.machine.asks());
    assert_eq!(player.feed(Input::Renew), [Command::TakeUp, Command::OpenSession { after_seq: None }]);
    player.open(session(&[], None, 0));
    assert!(!player.machine.asks());
}

#[test]
fn an_edited_form_is_asked_for_by_who_has_not_written() {
    let mut player = Player::live();
    assert_eq!(player.frame(edited(Some(7))), [], "not all at once");
    assert_eq!(player.sleep(), [Command::OpenSession { after_seq: None }]);
    let channel = VisitorChannel { form: Some(7), ..session(&[], None, 0).channel };
    player.open(VisitorSession { channel, ..asking() });
    assert!(player.machine.asks());
    assert_eq!(player.frame(edited(Some(7))), [], "another name or look asks nobody");
    assert_eq!(player.sleep(), [Command::Send(ClientFrame::Ping {})]);
    assert_eq!(player.frame(edited(None)), []);
    assert_eq!(player.sleep(), [Command::OpenSession { after_seq: None }]);
    player.open(session(&[], None, 0));
    assert!(!player.machine.asks());

    let mut writer = Player::live();
    writer.open(session(&[message(1, Author::Visitor, nonce(1))], None, 1));
    assert_eq!(writer.frame(edited(Some(7))), []);
    assert_eq!(writer.sleep(), [Command::Send(ClientFrame::Ping {})], "a conversation goes on");
}

#[test]
fn who_hears_of_an_edited_form_asks_at_a_moment_of_their_own() {
    let waits: std::collections::BTreeSet<i64> = (1..50)
        .map(|seed| {
            let mut player = Player { machine: Machine::new(seed * 0x9E37_79B9), now: Timestamp(1_000) };
            player.feed(Input::Start(Vec::new()));
            player.open(session(&[], None, 0));
            player.ready();
            player.open(session(&[], None, 0));
            player.frame(edited(Some(7)));
            let before = player.now;
            assert_eq!(player.sleep(), [Command::OpenSession { after_seq: None }]);
            player.now.millis_since(before)
        })
        .collect();
    assert!(waits.len() > 30 && waits.last().is_some_and(|most| *most <= 3_000), "{waits:?}");
}

#[test]
fn whoever_has_begun_elsewhere_or_finds_the_chat_closed_is_not_asked() {
    let mut player = Player::live();
    player.open(asking());
    let begun = message(1, Author::Visitor, nonce(9));
    player.frame(ServerFrame::Event { seq: None, event: Event::MessageCreated { message: begun } });
    assert!(!player.machine.asks());
    let mut closed = Player::live();
    closed.open(asking());
    closed.feed(Input::SocketClosed(CloseCode::Gone.number()));
    assert!(!closed.machine.asks());
}

#[test]
fn a_message_that_is_refused_for_lack_of_answers_waits_for_them() {
    let mut player = Player::live();
    player.say(1);
    let refusal = || {
        Frame::of(ServerFrame::Rejected { nonce: Some(nonce(1)), problem: Problem::new(ErrorCode::FormRequired, "") })
    };
    let refused = player.feed(Input::Frame(Box::new(refusal().unwrap())));
    assert_eq!(
        refused,
        [Command::OpenSession { after_seq: None }],
        "neither failed nor sent again before a session asks"
    );
    player.open(asking());
    player.feed(Input::Renew);
    assert_eq!(sends(&player.open(session(&[], None, 0))), [nonce(1)]);
    assert_eq!(player.ack(1, 1), [Command::Forget(nonce(1))]);

    // Where no session asks for anything, it is sent once more and no more.
    let mut player = Player::live();
    player.say(1);
    player.feed(Input::Frame(Box::new(refusal().unwrap())));
    assert_eq!(sends(&player.open(session(&[], None, 0))), [nonce(1)]);
    player.feed(Input::Frame(Box::new(refusal().unwrap())));
    assert_eq!(sends(&player.open(session(&[], None, 0))), []);
    let failed = Delivery::Failed { code: ErrorCode::FormRequired };
    assert!(matches!(player.machine.chat().outbox().entries(), [entry] if entry.delivery == failed));
    assert_eq!(sends(&player.feed(Input::Retry(nonce(1)))), [nonce(1)]);
}

#[test]
fn who_has_become_somebody_else_has_a_socket_of_their_own() {
    let mut player = Player::live();
    player.open(asking());
    player.feed(Input::Renew);
    let other = VisitorSession { contact_id: ContactId(Uuid::from_u128(9)), ticket: "other".to_owned(), ..asking() };
    assert_eq!(player.open(other), [Command::CloseSocket, Command::OpenSocket("other".to_owned())]);
    assert_eq!(player.ready(), [Command::OpenSession { after_seq: None }]);
}
