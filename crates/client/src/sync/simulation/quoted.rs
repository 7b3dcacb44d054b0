//! What is kept of an answer names the message that it answers to, and nothing more.

use super::cases::live;
use super::*;
use types::messages::{Message, Quote};

const NONCE: u128 = 7;

/// A conversation of so many messages, which is open.
fn opened(messages: usize) -> Simulation {
    let mut simulation = live();
    (1..messages).for_each(|_| simulation.world.visitor_says(1));
    simulation.give(Input::Open(Some(samples::conversation_id(1))));
    simulation.calm_down();
    simulation
}

fn answer_to(quoted: &Message) -> Input {
    let content = Content::Reply { text: "answered".to_owned(), quote: Box::new(quoted.to_quote()) };
    Input::Say { nonce: samples::nonce(NONCE), conversation_id: quoted.conversation_id, content }
}

impl Simulation {
    /// The person answers to a message, and the server refuses it.
    fn fail_to_answer(&mut self, quoted: &Message) {
        self.refuses = Some(ErrorCode::Forbidden);
        self.give(answer_to(quoted));
        while !self.socket.as_ref().unwrap().up.is_empty() {
            self.serve_frame();
        }
        while !self.socket.as_ref().unwrap().down.is_empty() {
            self.deliver_frame();
        }
    }

    /// What the answer that is not sent is known to answer to.
    fn quoted(&self) -> &Quote {
        self.machine.outbox().get(samples::nonce(NONCE)).unwrap().content.quote().unwrap()
    }

    fn first_message(&self) -> Message {
        self.world.messages(samples::conversation_id(1))[0].clone()
    }
}

#[test]
fn after_a_reload_a_failed_answer_shows_what_it_answers_to_once_that_is_known() {
    let mut simulation = opened(1);
    let quoted = simulation.first_message();
    simulation.fail_to_answer(&quoted);
    assert_eq!(simulation.quoted(), &quoted.to_quote());
    simulation.reload();
    simulation.calm_down();
    assert_eq!(simulation.quoted(), &Quote::named(quoted.id));
    simulation.give(Input::Open(Some(quoted.conversation_id)));
    simulation.calm_down();
    assert_eq!(simulation.quoted(), &quoted.to_quote());
    simulation.world.recall(1, 0);
    simulation.calm_down();
    assert_eq!(simulation.quoted().content, Content::Recalled {});
    simulation.give(Input::Retry(samples::nonce(NONCE)));
    simulation.calm_down();
    simulation.check();
}

#[test]
fn what_was_recalled_while_the_page_was_away_is_not_shown_again() {
    let mut simulation = opened(1);
    let quoted = simulation.first_message();
    simulation.fail_to_answer(&quoted);
    simulation.world.recall(1, 0);
    simulation.reload();
    simulation.give(Input::Open(Some(quoted.conversation_id)));
    simulation.calm_down();
    let recalled = simulation.first_message();
    assert_eq!((simulation.quoted(), &recalled.content), (&recalled.to_quote(), &Content::Recalled {}));
}

/// The acknowledgement of an answer to what is not held, with what was stored; of an agent who is suspended meanwhile, or not.
fn acknowledged(suspended: bool) -> (Simulation, Message) {
    // What is answered to is above the newest messages.
    let mut simulation = opened(PAGE + 3);
    let quoted = simulation.first_message();
    simulation.give(Input::NetworkLost);
    simulation.give(answer_to(&quoted));
    simulation.reload();
    simulation.give(Input::Open(Some(quoted.conversation_id)));
    while simulation.machine.state().timeline(quoted.conversation_id).is_none() {
        simulation.answer(0);
        simulation.deliver_answer(0);
        simulation.deliver_frame();
    }
    assert!(!simulation.quoted().is_known());
    if suspended {
        simulation.world.set_login_state(LoginState::Suspended);
        simulation.broadcast();
        simulation.deliver_frame();
    }
    // The answer comes before the event.
    let sent = ClientFrame::SendMessage {
        nonce: samples::nonce(NONCE),
        conversation_id: Some(quoted.conversation_id),
        content: simulation.machine.outbox().get(samples::nonce(NONCE)).unwrap().content.to_new(),
    };
    let wire = simulation.socket.as_mut().unwrap();
    assert!(wire.up.contains(&sent));
    wire.up.retain(|frame| *frame != sent);
    let content = Content::Reply { text: "answered".to_owned(), quote: Box::new(quoted.to_quote()) };
    let stored = simulation.world.agent_says(quoted.conversation_id, ME, samples::nonce(NONCE), content).unwrap();
    let ack = ServerFrame::Ack {
        nonce: stored.nonce,
        conversation_id: stored.conversation_id,
        message_id: stored.id,
        seq: stored.seq,
        created_at: stored.created_at,
    };
    let round = simulation.machine.round;
    simulation.give(Input::Frame(round, Box::new(ack)));
    let timeline = simulation.machine.state().timeline(quoted.conversation_id).unwrap();
    assert!(!timeline.contains(stored.seq), "half of it is not shown");
    (simulation, stored)
}

#[test]
fn an_answer_to_what_is_not_held_is_shown_as_it_is_stored() {
    for suspended in [false, true] {
        let (mut simulation, stored) = acknowledged(suspended);
        simulation.calm_down();
        let timeline = simulation.machine.state().timeline(stored.conversation_id).unwrap();
        assert_eq!(timeline.messages().last(), Some(&stored), "suspended: {suspended}");
        simulation.check();
    }
}

#[test]
fn what_an_earlier_version_kept_is_read_and_its_words_go() {
    let mut simulation = opened(1);
    let quoted = simulation.first_message();
    simulation.give(Input::NetworkLost);
    let content = Content::Reply { text: "answered".to_owned(), quote: Box::new(quoted.to_quote()) };
    let entry = Outgoing::new(samples::nonce(NONCE), Some(quoted.conversation_id), content.clone(), simulation.now);
    simulation.give(Input::Restored(vec![entry]));
    let Input::Restored(kept) = simulation.read_kept() else { panic!("something is kept") };
    assert_eq!(kept.first().unwrap().content.quote(), Some(&Quote::named(quoted.id)));
    simulation.give(Input::Connect);
    simulation.calm_down();
    assert_eq!(simulation.world.messages(quoted.conversation_id).last().unwrap().content, content);
    simulation.check();
}
