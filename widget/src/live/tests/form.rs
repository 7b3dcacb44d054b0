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
    assert_eq!(player.frame(ServerFrame::Resync {}), [Command::OpenSession { after_seq: None }]);
    assert_eq!(sends(&player.open(session(&[], None, 0))), [nonce(1)]);
    assert!(!player.machine.asks());
}

#[test]
fn an_edited_form_is_asked_for_by_who_has_not_written() {
    let mut player = Player::live();
    assert_eq!(player.frame(edited(Some(7))), [Command::OpenSession { after_seq: None }]);
    player.open(asking());
    assert!(player.machine.asks());
    assert_eq!(player.frame(edited(Some(7))), [], "another name or look asks nobody");
    assert_eq!(player.frame(edited(None)), [Command::OpenSession { after_seq: None }]);
    player.open(session(&[], None, 0));
    assert!(!player.machine.asks());

    let mut writer = Player::live();
    writer.open(session(&[message(1, Author::Visitor, nonce(1))], None, 1));
    assert_eq!(writer.frame(edited(Some(7))), [], "a conversation goes on");
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
fn a_refused_first_message_brings_the_form() {
    let mut player = Player::live();
    player.say(1);
    let problem = Problem::new(ErrorCode::FormRequired, "");
    let said = player.frame(ServerFrame::Rejected { nonce: Some(nonce(1)), problem });
    assert!(said.contains(&Command::OpenSession { after_seq: None }));
    player.open(asking());
    player.frame(ServerFrame::Resync {});
    player.open(session(&[], None, 0));
    assert_eq!(sends(&player.feed(Input::Retry(nonce(1)))), [nonce(1)]);
}
