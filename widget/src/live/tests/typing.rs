//! Who writes: told sparingly, forgotten by itself.

use super::*;
use types::limits;

fn typing(active: bool, text: Option<&str>) -> ClientFrame {
    ClientFrame::Typing { conversation_id: None, active, text: text.map(ToOwned::to_owned) }
}

fn heard(active: bool) -> ServerFrame {
    ServerFrame::Typing { conversation_id: ConversationId(Uuid::from_u128(1)), author: agent(), active, text: None }
}

/// A live chat in which something has been said.
fn talking(unsent_preview: bool) -> Player {
    let all = [message(1, Author::Visitor, nonce(1))];
    let mut player = Player::new();
    let opened = || {
        let mut session = session(&all, None, 1);
        session.channel.unsent_preview = unsent_preview;
        session
    };
    player.feed(Input::Start(Vec::new()));
    player.open(opened());
    player.ready();
    player.open(opened());
    player
}

impl Player {
    fn edits(&mut self, text: &str) -> Option<ClientFrame> {
        self.machine.edited(text, self.now)
    }

    fn later(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
    }
}

#[test]
fn the_visitor_is_said_to_write_without_what() {
    let mut player = talking(false);
    assert_eq!(player.edits("你"), Some(typing(true, None)));
    player.later(500);
    assert_eq!(player.edits("你好"), None);
    player.later(2_500);
    assert_eq!(player.edits("你好吗"), Some(typing(true, None)));
    assert_eq!(player.edits("  "), Some(typing(false, None)));
    assert_eq!(player.edits(""), None);
}

#[test]
fn what_is_sent_needs_no_word_that_the_writing_is_over() {
    let mut player = talking(false);
    player.edits("你好");
    player.machine.written();
    assert_eq!(player.edits(""), None);
    player.edits("还有");
    let sent = player.say(2);
    assert!(!sent.iter().any(|command| matches!(command, Command::Send(ClientFrame::Typing { .. }))), "{sent:?}");
    assert_eq!(player.edits(""), None);
}

#[test]
fn where_agents_see_it_the_last_of_several_edits_is_told_as_well() {
    let mut player = talking(true);
    assert!(player.machine.shows_unsent());
    assert_eq!(player.edits("你"), Some(typing(true, Some("你"))));
    player.later(300);
    assert_eq!(player.edits("你好"), None);
    assert_eq!(player.edits("你好吗"), None);
    assert_eq!(player.machine.wake_at(), Some(player.now.plus_millis(700)));
    player.later(700);
    assert_eq!(player.feed(Input::Tick), [Command::Send(typing(true, Some("你好吗")))]);
    let long = "字".repeat(limits::UNSENT_TEXT_MAX) + "尾";
    player.later(1_000);
    let Some(ClientFrame::Typing { text: Some(text), .. }) = player.edits(&long) else { panic!("not told") };
    assert_eq!(text.chars().count(), limits::UNSENT_TEXT_MAX);
    assert!(text.ends_with('尾'));
}

#[test]
fn nothing_is_told_while_nobody_hears_it() {
    let mut player = Player::live();
    assert_eq!(player.edits("第一句"), None, "before the first message there is no conversation");
    let mut player = talking(true);
    player.feed(Input::Offline);
    assert_eq!(player.edits("你好"), None);
}

#[test]
fn an_agent_writes_until_their_message_comes_or_for_a_while() {
    let mut player = talking(false);
    player.frame(heard(true));
    assert!(player.machine.is_agent_typing());
    player.frame(heard(false));
    assert!(!player.machine.is_agent_typing());
    player.frame(heard(true));
    let message = message(2, agent(), nonce(2));
    player.frame(ServerFrame::Event { seq: None, event: Event::MessageCreated { message } });
    assert!(!player.machine.is_agent_typing());
    player.frame(heard(true));
    let until = player.now.plus_millis(limits::TYPING_SHOWN_MILLIS);
    assert_eq!(player.machine.wake_at(), Some(until));
    player.now = until;
    player.feed(Input::Tick);
    assert!(!player.machine.is_agent_typing());
    player.frame(heard(true));
    player.feed(Input::SocketClosed(1006));
    assert!(!player.machine.is_agent_typing(), "nobody is heard any more");
}

#[test]
fn of_two_agents_who_write_one_stops_and_the_other_goes_on() {
    let colleague = || Author::Agent { id: AgentId(Uuid::from_u128(8)), name: "李".to_owned() };
    let theirs = |active| ServerFrame::Typing {
        conversation_id: ConversationId(Uuid::from_u128(1)),
        author: colleague(),
        active,
        text: None,
    };
    let mut player = talking(false);
    player.frame(heard(true));
    player.later(2_000);
    player.frame(theirs(true));
    player.frame(theirs(false));
    assert!(player.machine.is_agent_typing(), "the first writes on");
    player.frame(theirs(true));
    let message = message(2, colleague(), nonce(2));
    player.frame(ServerFrame::Event { seq: None, event: Event::MessageCreated { message } });
    assert!(player.machine.is_agent_typing(), "the message is the other's");
    player.frame(theirs(true));
    player.later(limits::TYPING_SHOWN_MILLIS - 2_000);
    player.feed(Input::Tick);
    assert!(player.machine.is_agent_typing(), "the first is forgotten, the second is not");
    assert_eq!(player.machine.wake_at(), Some(player.now.plus_millis(2_000)));
    player.later(2_000);
    player.feed(Input::Tick);
    assert!(!player.machine.is_agent_typing());
}
