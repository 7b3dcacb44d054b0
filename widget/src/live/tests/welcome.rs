//! The welcome, from the greeting to the first message.

use super::*;

fn greeting() -> VisitorSession {
    VisitorSession { welcome: Some("欢迎光临".to_owned()), ..session(&[], None, 0) }
}

fn shown(player: &Player) -> Option<&str> {
    player.machine.welcome().map(|welcome| welcome.text.as_str())
}

#[test]
fn a_welcome_greets_until_it_is_the_first_message() {
    let mut player = Player::live();
    player.open(greeting());
    assert_eq!((shown(&player), player.machine.is_welcomed()), (Some("欢迎光临"), true));
    player.feed(Input::Watching(true));
    player.say(1);
    assert!(shown(&player).is_some(), "what is only on its way has begun no conversation");
    let contact = Nonce(greeting().contact_id.0);
    let stored = [message(1, Author::Automatic, contact), message(2, Author::Visitor, nonce(1))];
    for (at, message) in stored.iter().enumerate() {
        let frame = ServerFrame::Event { seq: None, event: Event::MessageCreated { message: message.clone() } };
        let commands = player.frame(frame);
        let told = commands.iter().any(|one| matches!(one, Command::Send(_) | Command::Announce));
        assert!(!told, "nobody is told of what was seen before: {at}, {commands:?}");
        assert_eq!((shown(&player), player.machine.chat().unread()), (None, 0));
    }
    assert!(player.machine.is_welcomed());
    assert_eq!(player.machine.chat().messages(), stored);
    assert_eq!(player.machine.chat().receipt(2), Receipt::Sent, "no agent has read or said anything");
    // An answer that was on its way when the conversation began.
    player.open(greeting());
    assert_eq!((shown(&player), player.machine.chat().messages().len()), (None, 2));
}

#[test]
fn a_conversation_that_is_there_is_not_greeted() {
    let mut player = Player::live();
    player.open(session(&[message(1, Author::Visitor, nonce(1))], None, 1));
    assert_eq!((shown(&player), player.machine.is_welcomed()), (None, false));
}
