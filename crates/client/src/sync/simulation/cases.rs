//! Single misfortunes, each with what has to become of it.

use super::*;
use types::agents::Role;
use types::messages::Author;

#[test]
fn a_revoked_session_stops_for_good() {
    let mut machine = Machine::new(World::new(1).me());
    machine.handle(Input::Connect, Timestamp(0), 0);
    machine.handle(Input::Ticket(1, Ok("ticket".to_owned())), Timestamp(0), 0);
    let commands = machine.handle(Input::Closed(1, 4401), Timestamp(0), 0);
    assert!(commands.contains(&Command::SessionOver));
    assert_eq!((machine.phase(), machine.wake_at()), (Phase::Stopped, None));
}

pub(super) fn live() -> Simulation {
    let mut simulation = Simulation::new();
    simulation.world.visitor_says(1);
    simulation.calm_down();
    assert_eq!(simulation.machine.phase(), Phase::Live);
    simulation
}

#[test]
fn a_read_mark_that_a_busy_server_dropped_is_said_again() {
    let mut simulation = live();
    simulation.drops_mark = true;
    simulation.give(Input::Read(samples::conversation_id(1)));
    simulation.serve_frame();
    assert_eq!(simulation.world.conversation(samples::conversation_id(1)).unwrap().unread, 1);
    simulation.pass(9_999);
    assert!(simulation.socket.as_ref().unwrap().up.is_empty());
    simulation.pass(1);
    simulation.serve_frame();
    assert_eq!(simulation.world.conversation(samples::conversation_id(1)).unwrap().unread, 0);
    simulation.calm_down();
    assert!(simulation.machine.reads.is_empty());
}

#[test]
fn what_is_told_is_answered_at_once_and_not_more_often_than_once_a_second() {
    fn arrive(simulation: &mut Simulation) {
        simulation.world.visitor_says(1);
        simulation.broadcast();
        simulation.deliver_frame();
    }
    /// How often the console has said something since it was asked last.
    fn answers(simulation: &mut Simulation) -> usize {
        let up = std::mem::take(&mut simulation.socket.as_mut().unwrap().up);
        up.iter().filter(|frame| **frame == ClientFrame::Ping {}).count()
    }
    let mut simulation = live();
    simulation.pass(2_000);
    simulation.arrived.clear();
    assert_eq!(answers(&mut simulation), 0);
    arrive(&mut simulation);
    assert_eq!((simulation.arrived.len(), answers(&mut simulation)), (1, 1));
    arrive(&mut simulation);
    assert_eq!((simulation.arrived.len(), answers(&mut simulation)), (2, 0));
    simulation.pass(999);
    assert_eq!(answers(&mut simulation), 0);
    simulation.pass(1);
    assert_eq!(answers(&mut simulation), 1);
}

#[test]
fn one_is_told_of_a_note_that_mentions_one_wherever_it_is_and_also_after_a_short_break() {
    let mut simulation = Simulation::new();
    let id = samples::conversation_id;
    (1..=40).for_each(|number| simulation.world.visitor_says(number));
    (1..=40).for_each(|number| simulation.world.i_read(id(number), 1));
    simulation.calm_down();
    assert!(simulation.machine.state().conversation(id(1)).is_none(), "far below what is loaded");
    simulation.world.note(1, true);
    simulation.world.note(2, false);
    simulation.calm_down();
    assert_eq!(std::mem::take(&mut simulation.mentioned), [(id(1), 1)]);
    simulation.give(Input::NetworkLost);
    simulation.world.note(2, true);
    simulation.world.note(2, true);
    simulation.give(Input::Connect);
    simulation.calm_down();
    simulation.check();
    assert_eq!(std::mem::take(&mut simulation.mentioned), [(id(2), 3)], "the newest of each conversation");
    // Cleared before anybody could look at it.
    simulation.give(Input::NetworkLost);
    simulation.world.note(3, true);
    simulation.world.clear(3);
    simulation.give(Input::Connect);
    simulation.calm_down();
    simulation.check();
    simulation.give(Input::NetworkLost);
    simulation.world.note(4, true);
    simulation.now = simulation.now.plus_seconds(600);
    simulation.give(Input::Connect);
    simulation.calm_down();
    assert_eq!(simulation.mentioned, [], "not after a long absence");
}

#[test]
fn one_is_told_of_what_a_visitor_writes_once_also_after_a_short_break_and_not_after_a_long_one() {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    assert!(simulation.arrived.is_empty(), "fetched, not heard");
    simulation.world.visitor_says(1);
    simulation.world.visitor_says(2);
    simulation.calm_down();
    assert_eq!(std::mem::take(&mut simulation.arrived), [(id, 2), (samples::conversation_id(2), 1)]);
    let come_back = |simulation: &mut Simulation| {
        simulation.give(Input::Connect);
        simulation.calm_down();
        simulation.check();
        std::mem::take(&mut simulation.arrived)
    };
    // What comes while the line is broken for a moment is told when it is back, each conversation once.
    simulation.give(Input::NetworkLost);
    (0..3).for_each(|_| simulation.world.visitor_says(1));
    simulation.world.i_read(samples::conversation_id(2), 1);
    simulation.now = simulation.now.plus_seconds(60);
    assert_eq!(come_back(&mut simulation), [(id, 5)]);
    // Of many conversations the newest few are told of.
    simulation.give(Input::NetworkLost);
    (3..=9).for_each(|number| simulation.world.visitor_says(number));
    let told: Vec<_> = come_back(&mut simulation).into_iter().map(|(id, _)| id).collect();
    assert_eq!(told, (5..=9).map(samples::conversation_id).collect::<Vec<_>>());
    // What came during a long absence is counted and not told.
    simulation.give(Input::NetworkLost);
    simulation.world.visitor_says(1);
    simulation.now = simulation.now.plus_seconds(600);
    assert_eq!(come_back(&mut simulation), []);
    // Nor what came while one was suspended.
    simulation.world.set_login_state(LoginState::Suspended);
    simulation.broadcast();
    simulation.world.visitor_says(1);
    assert_eq!(come_back(&mut simulation), []);
}

#[test]
fn one_pinned_marked_or_where_one_is_mentioned_is_fetched_however_far_down_it_is() {
    let mut simulation = Simulation::new();
    (1..=9).for_each(|number| simulation.world.visitor_says(number));
    (1..=9).for_each(|number| simulation.world.i_read(samples::conversation_id(number), 1));
    simulation.world.outlet.clear();
    simulation.calm_down();
    let [pinned, marked, mentioned] = [1, 2, 3].map(samples::conversation_id);
    assert!([pinned, marked, mentioned].iter().all(|id| simulation.machine.state().conversation(*id).is_none()));
    simulation.world.i_change_my_view(1, 0);
    simulation.world.i_change_my_view(2, 2);
    simulation.world.note(3, true);
    simulation.calm_down();
    let state = simulation.machine.state();
    assert_eq!(state.list(None).next().map(|one| one.id), Some(pinned));
    assert!(state.conversation(marked).is_some_and(|one| one.marked_unread));
    assert!(state.conversation(mentioned).is_some_and(|one| one.mentioned));
    simulation.check();
}

#[test]
fn who_is_suspended_sees_the_history_go_that_they_clear() {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    simulation.give(Input::Open(Some(id)));
    simulation.suspend();
    assert_eq!(simulation.machine.state().timeline(id).unwrap().messages().len(), 1);
    simulation.world.clear(1);
    let conversation = simulation.world.conversation(id).unwrap();
    simulation.give(Input::ConversationFetched(Box::new(conversation)));
    assert!(simulation.machine.state().timeline(id).unwrap().messages().is_empty());
    simulation.calm_down();
    simulation.check();
}

#[test]
fn what_a_closed_tab_left_is_sent_by_one_that_comes_back() {
    let mut simulation = live();
    let (conversation_id, nonce) = (samples::conversation_id(1), samples::nonce(77));
    simulation.give(Input::NetworkLost);
    // Another tab wrote it and was closed before it could send.
    let message = Outgoing::new(nonce, Some(conversation_id), samples::text("left behind"), simulation.now);
    simulation.keep(&message);
    simulation.give(Input::Connect);
    simulation.calm_down();
    assert_eq!(simulation.world.messages(conversation_id).last().unwrap().nonce, nonce);
    simulation.check();
}

#[test]
fn an_answer_read_before_a_deletion_brings_nothing_back() {
    let mut simulation = live();
    let (channel, id) = (samples::channel_id(2), samples::conversation_id(1));
    assert_eq!(simulation.machine.state().conversation(id).unwrap().channel_id, channel);
    let old = simulation.world.clone();
    simulation.choose(Some(channel));
    simulation.delete_channel(2, true);
    simulation.questions.clear();
    let page = old.page(Some(channel), None, PAGE);
    let round = simulation.machine.round;
    simulation.give(Input::Fetched(round, Need::Listing(Some(channel).into()), Ok(Fetched::Page(page))));
    let mut state = simulation.machine.state().clone();
    state.put_conversation(old.conversation(id).unwrap());
    state.put_messages(id, old.window(id, Stretch::Newest, PAGE).unwrap());
    state.put_contact(old.contact(samples::contact_id(1)).unwrap());
    state.put_channel(old.snapshot(0, PAGE).channels[1].clone());
    assert_eq!((state.conversations().count(), state.list(None).count(), state.list(Some(channel)).count()), (0, 0, 0));
    assert!(state.timeline(id).is_none() && state.contact(samples::contact_id(1)).is_none());
    assert!(state.channel(channel).is_none());
    assert_eq!(state.needs(), []);
}

#[test]
fn what_failed_stays_failed_until_it_comes_and_is_asked_for_ever_more_seldom() {
    let mut simulation = live();
    let need = Need::Newest(samples::conversation_id(1));
    simulation.give(Input::Open(Some(samples::conversation_id(1))));
    let mut waits = Vec::new();
    for _ in 0..4 {
        let round = simulation.machine.round;
        simulation.questions.retain(|question| *question != Command::Fetch(round, need));
        simulation.give(Input::Fetched(round, need, Err(ApiError::Network("down".to_owned()))));
        assert!(simulation.machine.has_failed(need));
        let failed_at = simulation.now;
        while !simulation.questions.contains(&Command::Fetch(round, need)) {
            assert_eq!(simulation.machine.phase(), Phase::Live);
            simulation.serve_frame();
            simulation.deliver_frame();
            simulation.pass(500);
        }
        assert!(simulation.machine.has_failed(need), "it does not flicker while it is asked for again");
        waits.push(simulation.now.millis_since(failed_at));
    }
    assert_eq!(waits, [3_000, 6_000, 12_000, 24_000]);
    simulation.calm_down();
    assert!(!simulation.machine.has_failed(need));
}

#[test]
fn beginning_afresh_keeps_the_open_conversation_in_sight() {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    simulation.give(Input::Open(Some(id)));
    simulation.calm_down();
    // So many others write that the first page does not reach down to the open one, and the ledger forgets it all.
    simulation.give(Input::NetworkLost);
    simulation.world.visitor_reads(1);
    (2..=9).for_each(|number| simulation.world.visitor_says(number));
    simulation.world.outlet.clear();
    simulation.purged = simulation.world.cursor();
    simulation.give(Input::Connect);
    while simulation.machine.phase() != Phase::Live {
        simulation.answer(0);
        simulation.deliver_answer(0);
        simulation.deliver_frame();
        let state = simulation.machine.state();
        assert!(state.conversation(id).is_some() && state.timeline(id).is_some());
    }
    simulation.calm_down();
    simulation.check();
}

#[test]
fn an_account_changed_here_is_known_before_its_event() {
    let mut simulation = live();
    simulation.world.set_login_state(LoginState::Suspended);
    let me = simulation.world.me();
    simulation.give(Input::MeSaved(Box::new(me.clone())));
    assert_eq!(simulation.machine.state().me(), &me);
    // What comes without a place in the ledger no longer moves the cursor.
    let cursor = simulation.machine.state().cursor();
    simulation.broadcast();
    simulation.deliver_frame();
    assert_eq!(simulation.machine.state().cursor(), cursor);
    simulation.calm_down();
    simulation.check();
}

#[test]
fn a_page_that_cannot_read_the_server_says_so_until_it_can() {
    let mut simulation = live();
    simulation.give(Input::NetworkLost);
    simulation.give(Input::Connect);
    simulation.answer(0);
    simulation.deliver_answer(0);
    simulation.deliver_frame();
    let round = simulation.machine.round;
    simulation.questions.clear();
    simulation.give(Input::Events(round, Err(ApiError::Unreadable("unknown event".to_owned()))));
    assert_eq!(simulation.machine.connection(), Connection::Outdated);
    simulation.calm_down();
    assert_eq!(simulation.machine.connection(), Connection::Online);
}

#[test]
fn what_an_unreadable_frame_said_is_lost_to_this_page_for_good() {
    let mut simulation = live();
    let round = simulation.machine.round;
    simulation.give(Input::Unreadable(round));
    assert_eq!(simulation.machine.connection(), Connection::Outdated);
    simulation.give(Input::NetworkLost);
    simulation.give(Input::Connect);
    simulation.calm_down();
    assert_eq!((simulation.machine.phase(), simulation.machine.connection()), (Phase::Live, Connection::Outdated));
}

#[test]
fn earlier_messages_that_never_come_are_not_asked_for_for_ever() {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    (0..8).for_each(|_| simulation.world.visitor_says(1));
    simulation.give(Input::Open(Some(id)));
    simulation.calm_down();
    simulation.give(Input::LoadEarlier(id));
    assert!(simulation.machine.is_loading_earlier(id));
    let round = simulation.machine.round;
    let nothing = types::messages::MessageWindow {
        items: Vec::new(),
        has_earlier: true,
        has_later: true,
        cleared_seq: 0,
        recalls: 0,
    };
    simulation.give(Input::Earlier(round, id, Ok(nothing)));
    assert!(simulation.machine.earlier_has_failed(id) && !simulation.machine.is_loading_earlier(id));
}

#[test]
fn a_rejection_that_names_no_message_touches_none() {
    let mut simulation = Simulation::new();
    simulation.world.visitor_says(1);
    simulation.calm_down();
    let (conversation_id, nonce) = (samples::conversation_id(1), samples::nonce(1));
    simulation.give(Input::Say { nonce, conversation_id, content: samples::text("said") });
    let before = simulation.machine.outbox().clone();
    assert_eq!(before.entries().len(), 1);
    let problem = Problem::new(ErrorCode::NotFound, "");
    let round = simulation.machine.round;
    simulation.give(Input::Frame(round, Box::new(ServerFrame::Rejected { nonce: None, problem })));
    assert_eq!(simulation.machine.outbox(), &before);
}

#[test]
fn silence_after_a_ping_means_that_the_connection_is_dead() {
    let mut simulation = Simulation::new();
    for _ in 0..20 {
        simulation.answer(0);
        simulation.deliver_answer(0);
        simulation.deliver_frame();
    }
    assert_eq!(simulation.machine.connection(), Connection::Online);
    simulation.pass(30_000);
    let wire = simulation.socket.as_ref().unwrap();
    assert_eq!(wire.up, [ClientFrame::Ping {}]);
    simulation.pass(10_000);
    assert_eq!(simulation.machine.connection(), Connection::Offline);
    simulation.give(Input::Connect);
    assert_eq!(simulation.questions, [Command::RequestTicket(simulation.machine.round)]);
}

/// What the machine has told of writing, and not been heard yet.
fn told(simulation: &mut Simulation) -> Vec<(u128, bool)> {
    let said = std::mem::take(&mut simulation.socket.as_mut().unwrap().up);
    let said = said.into_iter().filter_map(|frame| match frame {
        ClientFrame::Typing { conversation_id, active, text: None } => {
            Some((conversation_id.unwrap().0.as_u128(), active))
        }
        _ => None,
    });
    said.collect()
}

#[test]
fn writing_is_told_while_it_goes_on_and_its_end_where_no_message_tells_it() {
    let mut simulation = live();
    let (one, other) = (samples::conversation_id(1), samples::conversation_id(2));
    simulation.give(Input::Writes(one, true));
    simulation.pass(1_000);
    simulation.give(Input::Writes(one, true));
    assert_eq!(told(&mut simulation), [(1, true)]);
    simulation.pass(2_000);
    simulation.give(Input::Writes(one, true));
    assert_eq!(told(&mut simulation), [(1, true)]);
    simulation.give(Input::Writes(one, false));
    assert_eq!(told(&mut simulation), [(1, false)]);
    // What is left is no more written, and what is sent tells so itself.
    simulation.give(Input::Writes(one, true));
    simulation.give(Input::Open(Some(other)));
    assert_eq!(told(&mut simulation), [(1, true), (1, false)]);
    simulation.give(Input::Writes(one, true));
    simulation.give(Input::Say { nonce: samples::nonce(9), conversation_id: one, content: samples::text("您好") });
    simulation.give(Input::Writes(one, false));
    assert_eq!(told(&mut simulation), [(1, true)]);
}

#[test]
fn a_suspended_agent_is_not_said_to_write() {
    let mut simulation = live();
    simulation.world.set_login_state(LoginState::Suspended);
    simulation.broadcast();
    while !simulation.socket.as_ref().unwrap().down.is_empty() {
        simulation.deliver_frame();
    }
    simulation.give(Input::Writes(samples::conversation_id(1), true));
    assert_eq!(told(&mut simulation), []);
}

#[test]
fn others_are_heard_to_write_until_their_message_the_end_of_the_connection_or_time_goes_by() {
    let mut simulation = live();
    let id = samples::conversation_id(1);
    let hear = |simulation: &mut Simulation, author| {
        let round = simulation.socket.as_ref().unwrap().round;
        let frame = ServerFrame::Typing { conversation_id: id, author, active: true, text: None };
        simulation.give(Input::Frame(round, Box::new(frame)));
    };
    let writing = |simulation: &Simulation| simulation.machine.typists(id).count();
    hear(&mut simulation, samples::agent(ME));
    assert_eq!(writing(&simulation), 0, "who writes here knows");
    hear(&mut simulation, Author::Visitor);
    hear(&mut simulation, samples::agent(7));
    assert_eq!(writing(&simulation), 2);
    simulation.world.visitor_says(1);
    simulation.broadcast();
    while !simulation.socket.as_ref().unwrap().down.is_empty() {
        simulation.deliver_frame();
    }
    assert_eq!(simulation.machine.typists(id).map(|typist| &typist.author).collect::<Vec<_>>(), [&samples::agent(7)]);
    simulation.pass(8_000);
    assert_eq!(writing(&simulation), 0);
    hear(&mut simulation, Author::Visitor);
    simulation.give(Input::NetworkLost);
    assert_eq!(writing(&simulation), 0);
}

#[test]
fn whoever_looks_at_colleagues_is_told_of_one_more() {
    let mut simulation = live();
    let round = simulation.socket.as_ref().unwrap().round;
    let event = Event::AgentCreated { agent_id: samples::agent_id(9), name: "王".to_owned(), role: Role::Agent };
    let frame = Box::new(ServerFrame::Event { seq: Some(simulation.world.cursor() + 1), event });
    let commands = simulation.machine.handle(Input::Frame(round, frame), simulation.now, 0);
    assert!(commands.iter().any(|one| matches!(one, Command::Happened(_))), "{commands:?}");
}
