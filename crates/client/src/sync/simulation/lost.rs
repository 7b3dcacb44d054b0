//! What was written to a conversation and cannot reach it any more.

use super::cases::live;
use super::*;
use crate::outbox::Delivery;

impl Simulation {
    /// The person gives up what can never be sent: it was written to what is gone.
    pub(super) fn give_up(&mut self) {
        for Outgoing { nonce, conversation_id, delivery, .. } in self.machine.outbox().entries().to_vec() {
            if matches!(delivery, Delivery::Failed { .. }) {
                assert_eq!(self.world.conversation(conversation_id.unwrap()), None, "{nonce} could be sent");
                self.give(Input::Discard(nonce));
            }
        }
    }

    /// The person writes to conversation 1 while there is no connection.
    fn write_offline(&mut self, nonce: Nonce) {
        self.give(Input::NetworkLost);
        self.give(Input::Say { nonce, conversation_id: samples::conversation_id(1), content: samples::text("words") });
    }

    fn come_back(&mut self) {
        self.give(Input::Connect);
        self.calm_down();
    }

    /// What waits for conversation 1, or was refused.
    fn left(&self) -> Vec<(Nonce, Delivery)> {
        self.machine.outgoing(samples::conversation_id(1)).map(|one| (one.nonce, one.delivery)).collect()
    }
}

#[test]
fn what_waits_for_a_conversation_that_is_deleted_stays_until_its_author_gives_it_up() {
    let ways: [fn(&mut World); 2] = [|world| world.delete(1), |world| world.delete_channel(2)];
    for go in ways {
        let mut simulation = live();
        let (id, nonce) = (samples::conversation_id(1), samples::nonce(7));
        simulation.write_offline(nonce);
        go(&mut simulation.world);
        simulation.come_back();
        assert!(simulation.machine.state().is_missing(id));
        assert_eq!((simulation.left(), simulation.kept.len()), (vec![(nonce, Delivery::NOT_THEIRS)], 1));
        // It is still there for whoever goes elsewhere and comes back, and after a break of the line.
        simulation.give(Input::Open(Some(samples::conversation_id(2))));
        simulation.give(Input::Open(Some(id)));
        simulation.give(Input::NetworkLost);
        simulation.come_back();
        assert_eq!(simulation.left(), [(nonce, Delivery::NOT_THEIRS)]);
        simulation.give(Input::Discard(nonce));
        simulation.check();
    }
}

#[test]
fn what_is_on_its_way_while_the_conversation_is_deleted_stays_with_its_author() {
    let mut simulation = live();
    let (conversation_id, nonce) = (samples::conversation_id(1), samples::nonce(7));
    simulation.give(Input::Say { nonce, conversation_id, content: samples::text("words") });
    simulation.world.delete(1);
    simulation.broadcast();
    simulation.deliver_frame();
    assert_eq!(simulation.left(), [(nonce, Delivery::NOT_THEIRS)], "by the event");
    simulation.calm_down();
    assert_eq!(simulation.left(), [(nonce, Delivery::NOT_THEIRS)], "and by the server's answer");
}

#[test]
fn a_conversation_beyond_what_is_loaded_is_known_all_the_same() {
    let mut simulation = live();
    let nonce = samples::nonce(7);
    simulation.write_offline(nonce);
    // Nobody tells of the deletion: what has happened meanwhile is too much, and everything is fetched afresh.
    simulation.world.delete(1);
    simulation.world.outlet.clear();
    simulation.purged = simulation.world.cursor();
    simulation.come_back();
    assert_eq!(simulation.left(), [(nonce, Delivery::NOT_THEIRS)]);
}

#[test]
fn whoever_deletes_a_conversation_wants_nothing_of_it() {
    let mut simulation = live();
    simulation.write_offline(samples::nonce(7));
    simulation.world.delete(1);
    simulation.give(Input::ConversationRemoved(samples::conversation_id(1)));
    simulation.come_back();
    simulation.check();
}

#[test]
fn what_an_earlier_page_has_left_for_a_conversation_that_is_gone_is_let_go() {
    for refused_before in [true, false] {
        let mut simulation = live();
        simulation.write_offline(samples::nonce(7));
        simulation.world.delete(1);
        if refused_before {
            simulation.come_back();
            assert_eq!(simulation.left(), [(samples::nonce(7), Delivery::NOT_THEIRS)]);
        }
        assert_eq!(simulation.kept.len(), 1);
        simulation.reload();
        simulation.calm_down();
        simulation.check();
    }
}

#[test]
fn what_was_refused_before_the_conversation_came_back_is_there_after_a_reload() {
    let mut simulation = live();
    let nonce = samples::nonce(7);
    simulation.write_offline(nonce);
    simulation.world.take_or_give(1);
    simulation.come_back();
    assert_eq!(simulation.left(), [(nonce, Delivery::NOT_THEIRS)]);
    simulation.world.take_or_give(1);
    simulation.reload();
    simulation.calm_down();
    assert_eq!((simulation.left(), simulation.kept.len()), (vec![(nonce, Delivery::NOT_THEIRS)], 1));
    simulation.give(Input::Retry(nonce));
    simulation.calm_down();
    assert_eq!(simulation.world.messages(samples::conversation_id(1)).last().unwrap().nonce, nonce);
    simulation.check();
}

#[test]
fn an_answer_from_before_a_conversation_began_refuses_nothing_that_was_written_to_it_since() {
    let mut simulation = live();
    let (conversation_id, nonce) = (samples::conversation_id(2), samples::nonce(7));
    // Its address was opened too early.
    simulation.give(Input::Open(Some(conversation_id)));
    simulation.answer(0);
    simulation.world.visitor_says(2);
    simulation.world.outlet.clear();
    let page = simulation.world.page(None, None, PAGE);
    let round = simulation.machine.round;
    simulation.machine.state.page_asked();
    simulation.machine.pages.insert(View::default());
    simulation.give(Input::Page(round, View::default(), Ok(page)));
    simulation.give(Input::Say { nonce, conversation_id, content: samples::text("words") });
    simulation.deliver_answer(0);
    let delivery = simulation.machine.outbox().get(nonce).unwrap().delivery;
    assert_eq!(delivery, Delivery::InFlight { since: simulation.now });
    simulation.calm_down();
    simulation.check();
}
