//! What is changed elsewhere, or on this page, which then knows before the event comes.

use super::cases::live;
use super::*;

impl Simulation {
    /// A conversation or its contact is changed: elsewhere, or on this page, which then knows before the event comes.
    pub(super) fn settle_something(&mut self, kind: u8, number: u128, pick: usize) {
        let (id, here) = (samples::conversation_id(number), pick.is_multiple_of(2));
        if self.world.conversation(id).is_none() {
            return;
        }
        match kind {
            44 => self.world.i_change_my_view(number, u128::try_from(pick / 2).unwrap()),
            45 => self.world.name_contact(number),
            53 => self.world.tag(number, pick),
            46 if pick % 4 < 2 => self.world.block(number),
            47 => self.world.clear(number),
            48 if pick % 8 < 2 => self.world.delete(number),
            _ => return,
        }
        let (conversation, contact) = (self.world.conversation(id), self.world.contact(samples::contact_id(number)));
        match (kind, conversation.map(Box::new), contact.map(Box::new)) {
            _ if !here => {}
            (44, Some(conversation), _) => self.give(Input::ConversationSaved(conversation)),
            (45 | 46 | 53, _, Some(contact)) => self.give(Input::ContactSaved(contact)),
            (47, Some(conversation), _) => self.give(Input::ConversationFetched(conversation)),
            (48, ..) => self.give(Input::ConversationRemoved(id)),
            _ => {}
        }
    }

    /// A channel is deleted: elsewhere, or on this page, which then knows before the event comes.
    pub(super) fn delete_channel(&mut self, number: u128, here: bool) {
        self.world.delete_channel(number);
        if here {
            self.give(Input::ChannelRemoved(samples::channel_id(number)));
        }
    }

    /// A message is recalled: elsewhere, or on this page, which then knows before the event comes.
    pub(super) fn recall(&mut self, number: u128, which: usize, here: bool) {
        self.world.recall(number, which);
        let Some((_, Event::MessageRecalled { seq, .. })) = self.world.outlet.last() else { return };
        let message = said(&self.world, samples::conversation_id(number), *seq);
        if here {
            self.give(Input::MessageRecalled(Box::new(message)));
        }
    }

    /// The agent is suspended, and whatever was on its way has come.
    pub(super) fn suspend(&mut self) {
        self.world.set_login_state(LoginState::Suspended);
        self.broadcast();
        for _ in 0..100 {
            self.serve_frame();
            self.deliver_frame();
            self.answer(0);
            self.deliver_answer(0);
        }
    }
}

fn said(world: &World, id: ConversationId, seq: i64) -> Message {
    world.messages(id).iter().find(|message| message.seq == seq).unwrap().clone()
}

/// A conversation that is open, with a visitor's message and an answer to it.
fn answered() -> (Simulation, ConversationId) {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    simulation.give(Input::Open(Some(id)));
    simulation.world.agent_says(id, ME, samples::nonce(1), samples::text("said too early"));
    simulation.calm_down();
    assert_eq!(held(&simulation, id), [samples::text("visitor"), samples::text("said too early")]);
    (simulation, id)
}

fn held(simulation: &Simulation, id: ConversationId) -> Vec<Content> {
    let timeline = simulation.machine.state().timeline(id).unwrap();
    timeline.messages().iter().map(|message| message.content.clone()).collect()
}

fn previewed(simulation: &Simulation, id: ConversationId) -> Content {
    simulation.machine.state().conversation(id).unwrap().last_message.clone().unwrap().content
}

#[test]
fn who_is_suspended_sees_go_what_they_recall_and_the_words_do_not_come_back() {
    let (mut simulation, id) = answered();
    simulation.suspend();
    let before = simulation.world.conversation(id).unwrap();
    // A colleague does the same meanwhile, of which who is suspended hears nothing.
    simulation.recall(1, 0, false);
    simulation.broadcast();
    simulation.recall(1, 0, true);
    simulation.broadcast();
    assert_eq!(held(&simulation, id), [samples::text("visitor"), Content::Recalled {}]);
    assert_eq!(previewed(&simulation, id), Content::Recalled {});
    assert_eq!(simulation.machine.state().needs(), []);
    // Read before it was recalled.
    simulation.give(Input::ConversationFetched(Box::new(before)));
    assert_eq!(previewed(&simulation, id), Content::Recalled {});
    // What is known of the conversation since tells that something else has gone, and that is fetched.
    simulation.give(Input::ConversationFetched(Box::new(simulation.world.conversation(id).unwrap())));
    assert_eq!(simulation.machine.state().needs(), [Need::Newest(id)]);
    simulation.calm_down();
    assert_eq!(held(&simulation, id), [Content::Recalled {}, Content::Recalled {}]);
    simulation.check();
}

#[test]
fn the_answer_to_a_recall_and_its_event_say_the_same_whichever_comes_first() {
    let (mut simulation, id) = answered();
    simulation.recall(1, 1, true);
    let known = simulation.machine.state().clone();
    assert_eq!(held(&simulation, id)[1], Content::Recalled {});
    simulation.calm_down();
    let state = simulation.machine.state();
    assert_eq!((state.timeline(id), state.conversation(id)), (known.timeline(id), known.conversation(id)));
    simulation.check();
    let known = state.clone();
    let again = said(&simulation.world, id, 2);
    simulation.give(Input::MessageRecalled(Box::new(again)));
    assert_eq!(simulation.machine.state(), &known);
}

#[test]
fn who_is_suspended_sees_go_whom_they_remove_and_come_whom_they_add() {
    let (mut simulation, id) = answered();
    simulation.suspend();
    for members in [vec![samples::agent_id(7)], Vec::new()] {
        simulation.world.change_members(1);
        simulation.broadcast();
        let conversation = simulation.world.conversation(id).unwrap();
        simulation.give(Input::ConversationFetched(Box::new(conversation)));
        assert_eq!(simulation.machine.state().conversation(id).unwrap().members, members);
    }
    simulation.calm_down();
    simulation.check();
}
