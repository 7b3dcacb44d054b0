//! Nobody is told twice: an answer may overtake what is still on the socket.

use super::*;

#[test]
fn one_is_told_once_of_a_note_that_is_caught_up_with_before_the_socket_brings_it() {
    let mut simulation = Simulation::new();
    let id = samples::conversation_id(1);
    simulation.world.visitor_says(1);
    // Those from before are not held, and so neither is what comes after them.
    simulation.world.note(1, false);
    simulation.calm_down();
    assert_eq!(simulation.machine.state().notes(id), None);
    let round = simulation.machine.round;
    simulation.give(Input::Frame(round, Box::new(ServerFrame::Resync {})));
    simulation.world.note(1, true);
    simulation.broadcast();
    simulation.answer(0);
    simulation.deliver_answer(0);
    assert_eq!((simulation.machine.phase(), simulation.mentioned.as_slice()), (Phase::Live, [(id, 2)].as_slice()));
    assert!(!simulation.socket.as_ref().unwrap().down.is_empty(), "on its way still");
    simulation.calm_down();
    assert_eq!(simulation.mentioned, [(id, 2)]);
    simulation.check();
}
