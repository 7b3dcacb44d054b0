//! Events against snapshots: what the state becomes by following equals what it would be if fetched afresh.

use super::*;
use crate::model::{ME, World};
use crate::rest::Stretch;
use crate::samples;
use proptest::prelude::*;
use types::agents::LoginState;
use types::events::LedgerEvent;

fn happen(world: &mut World, (kind, number): (u8, u128)) {
    match kind {
        0..=4 => world.visitor_says(number),
        5 | 6 => {
            let nonce = samples::nonce(u128::try_from(world.cursor()).unwrap() + 1_000_000);
            world.agent_says(samples::conversation_id(number), ME + number % 2, nonce, samples::text("agent"));
        }
        7 => world.i_read(samples::conversation_id(number), i64::MAX),
        8 => world.i_read(samples::conversation_id(number), 2),
        9 => world.visitor_reads(number),
        10 => world.visitor_returns(number),
        11 => world.edit_channel(number % 4),
        12 => world.set_login_state(if number % 2 == 0 { LoginState::Normal } else { LoginState::Suspended }),
        14 => world.i_change_my_view(number, u128::try_from(world.cursor()).unwrap()),
        15 => world.name_contact(number),
        16 => world.block(number),
        17 => world.clear(number),
        20 => world.recall(number, usize::try_from(world.cursor()).unwrap()),
        19 => world.note(number, false),
        22 => world.note(number, true),
        18 if number < 2 => world.delete(number),
        13 => world.change_members(number),
        21 => world.take_or_give(number),
        24 => world.i_keep_a_view(number),
        25 | 26 => world.tag(number, usize::try_from(world.cursor()).unwrap()),
        27 | 28 => world.change_tags(usize::try_from(world.cursor() * 3).unwrap()),
        29 => world.change_channel_tree(usize::try_from(world.cursor() * 5).unwrap()),
        _ if number == 0 => world.delete_channel(3),
        _ => {}
    }
}

fn happenings(most: usize) -> impl Strategy<Value = Vec<(u8, u128)>> {
    proptest::collection::vec((0u8..30, 0u128..6), 0..most)
}

fn loaded(world: &World) -> ConsoleState {
    let mut state = ConsoleState::new(world.me());
    state.load(world.snapshot(world.cursor(), 100));
    state.put_unread(world.unread(), true);
    state
}

fn catch_up(state: &mut ConsoleState, world: &World) {
    for event in world.events(state.cursor().unwrap(), usize::MAX / 2).items {
        apply(state, event);
    }
}

/// Applies an event that the state does not contain yet, as the machine does.
fn apply(state: &mut ConsoleState, event: LedgerEvent) {
    state.apply_fact(event.event);
    state.reached(event.seq);
}

/// Fetches what the state asks for, until it asks for nothing.
fn supply(state: &mut ConsoleState, world: &World) {
    for _ in 0..100 {
        let needs = state.needs();
        if needs.is_empty() {
            return;
        }
        for need in needs {
            match need {
                Need::Conversation(id) => match world.conversation(id) {
                    Some(conversation) => state.put_conversation(conversation),
                    None => state.conversation_is_missing(id),
                },
                Need::Notes(id) => state.put_notes(id, world.notes(id).unwrap()),
                Need::Newest(id) => state.put_newest(id, world.window(id, Stretch::Newest, 5).unwrap()),
                Need::Later(id, seq) => state.put_messages(id, world.window(id, Stretch::After(seq), 5).unwrap()),
                Need::Around(id, seq) => state.put_around(id, seq, world.window(id, Stretch::Around(seq), 5).unwrap()),
                Need::Listing(view) => state.put_page(view, world.page(view, None, 3)),
                Need::Unread => state.put_unread(world.unread(), true),
                Need::Contact(id) => state.put_contact(world.contact(id).unwrap()),
            }
        }
    }
    panic!("the state never has enough");
}

fn assert_same(state: &ConsoleState, world: &World) {
    let fresh = loaded(world);
    let list = |state: &ConsoleState| state.list(None).cloned().collect::<Vec<_>>();
    assert_eq!(list(state), list(&fresh));
    assert_eq!(state.channels(), fresh.channels());
    assert_eq!(state.channel_tree(), fresh.channel_tree());
    assert_eq!(state.tag_groups(), fresh.tag_groups());
    assert_eq!(state.me(), fresh.me());
    assert_eq!(state.cursor(), fresh.cursor());
    for id in world.conversation_ids() {
        if let Some(held) = state.notes(id) {
            assert_eq!(held.items(), world.notes(id).unwrap().items);
        }
        if let Some(timeline) = state.timeline(id) {
            assert_eq!(
                timeline.messages(),
                &world.messages(id)[usize::try_from((timeline.first_seq() - 1).max(timeline.cleared_seq())).unwrap()..]
            );
        }
    }
}

proptest! {
    #[test]
    fn following_events_equals_fetching_afresh(before in happenings(30), after in happenings(60), open in 0u128..6) {
        let mut world = World::new(3);
        before.into_iter().for_each(|one| happen(&mut world, one));
        let mut state = loaded(&world);
        state.open(Some(samples::conversation_id(open)));
        supply(&mut state, &world);
        after.into_iter().for_each(|one| happen(&mut world, one));
        catch_up(&mut state, &world);
        supply(&mut state, &world);
        assert_same(&state, &world);
    }

    #[test]
    fn an_event_applied_twice_changes_nothing(all in happenings(60)) {
        let mut world = World::new(3);
        let mut state = loaded(&world);
        all.into_iter().for_each(|one| happen(&mut world, one));
        for event in world.events(state.cursor().unwrap(), usize::MAX / 2).items {
            apply(&mut state, event.clone());
            let once = state.clone();
            state.apply_fact(event.event);
            prop_assert_eq!(&state, &once);
        }
    }

    /// Everything again from the beginning, over a state that contains it: as after a snapshot taken late.
    #[test]
    fn events_that_a_snapshot_contains_change_nothing_in_the_end(all in happenings(60)) {
        let mut world = World::new(3);
        all.into_iter().for_each(|one| happen(&mut world, one));
        let mut state = loaded(&world);
        for event in world.events(0, usize::MAX / 2).items {
            state.apply_fact(event.event);
        }
        supply(&mut state, &world);
        assert_same(&state, &world);
    }

    /// Whatever is lost, the state never shows a message out of its place: it says what it lacks, and is right once it has it.
    #[test]
    fn lost_messages_become_needs(all in happenings(60), lost in proptest::collection::vec(any::<bool>(), 80)) {
        let mut world = World::new(3);
        let mut state = loaded(&world);
        for (one, lost) in all.into_iter().zip(lost) {
            let from = world.cursor();
            happen(&mut world, one);
            for event in world.events(from, usize::MAX / 2).items {
                if !(lost && matches!(event.event, Event::MessageCreated { .. } | Event::ConversationCreated { .. })) {
                    apply(&mut state, event);
                }
            }
        }
        let behind: Vec<ConversationId> = state
            .conversations()
            .filter(|known| world.conversation(known.id).is_none_or(|real| real.last_seq != known.last_seq))
            .map(|known| known.id)
            .collect();
        supply(&mut state, &world);
        for id in world.conversation_ids() {
            // What was lost at the very end leaves no trace in later events; the cursor's catch-up brings it.
            let known = state.conversation(id).cloned();
            if let Some(known) = known.filter(|_| !behind.contains(&id)) {
                prop_assert_eq!(known, world.conversation(id).unwrap());
            }
        }
    }
}

#[test]
fn a_message_beyond_the_next_is_a_need_and_nothing_is_guessed() {
    let mut world = World::new(1);
    world.visitor_says(1);
    let mut state = loaded(&world);
    world.visitor_says(1);
    let from = world.cursor();
    world.visitor_says(1);
    let id = samples::conversation_id(1);
    apply(&mut state, LedgerEvent { seq: from + 1, event: world.events(from, 1).items.remove(0).event });
    assert_eq!(state.conversation(id).unwrap().last_seq, 1);
    assert_eq!(state.needs(), [Need::Conversation(id)]);
    supply(&mut state, &world);
    assert_same(&state, &world);
}

#[test]
fn pages_fill_the_list_without_holes() {
    let mut world = World::new(2);
    (1..=9).for_each(|number| world.visitor_says(number));
    let mut state = ConsoleState::new(world.me());
    state.load(world.snapshot(world.cursor(), 3));
    // An old conversation is opened by its address: it is known, but not listed among unknown ones.
    state.open(Some(samples::conversation_id(1)));
    supply(&mut state, &world);
    assert_eq!(state.list(None).count(), 3);
    while let Some(cursor) = state.listing(None).unwrap().next_cursor().map(str::to_owned) {
        state.page_asked();
        let page = world.page(None, Some(&cursor), 3);
        // While the page is on its way, the visitor of a conversation on it reads.
        let from = world.cursor();
        let late = page.items.first().unwrap().id;
        world.agent_says(late, 2, samples::nonce(u128::try_from(from).unwrap()), samples::text("hi"));
        world.visitor_reads(late.0.as_u128());
        catch_up(&mut state, &world);
        state.put_page(None, page);
        supply(&mut state, &world);
    }
    assert_same(&state, &world);
    state.choose(Some(samples::channel_id(1)).into());
    supply(&mut state, &world);
    let listed: Vec<ConversationId> = state.list(Some(samples::channel_id(1))).map(|one| one.id).collect();
    let page = world.page(Some(samples::channel_id(1)), None, 3);
    assert_eq!(listed, page.items.iter().map(|one| one.id).collect::<Vec<_>>());
}

fn listed(state: &ConsoleState, view: View) -> Vec<ConversationId> {
    state.list(view).map(|one| one.id).collect()
}

#[test]
fn a_message_brings_a_conversation_into_a_list_of_days_or_takes_it_out_of_one() {
    let mut world = World::new(1);
    (1..=4).for_each(|number| world.visitor_says(number));
    let mut state = loaded(&world);
    let at = |number: u128| state.conversation(samples::conversation_id(number)).unwrap().last_activity_at.0;
    let (second, fourth) = (at(2), at(4));
    let view = |since, before| View { dates: Some(samples::dates(since, before)), ..View::default() };
    let (recent, earlier) = (view(Some(fourth), None), view(Some(second), Some(fourth)));
    let ids = |numbers: &[u128]| numbers.iter().map(|number| samples::conversation_id(*number)).collect::<Vec<_>>();
    for view in [recent, earlier] {
        state.choose(view);
        supply(&mut state, &world);
    }
    // The first is of neither; its day ends before the one of the others begins.
    assert_eq!((listed(&state, recent), listed(&state, earlier)), (ids(&[4]), ids(&[3, 2])));
    state.open(Some(samples::conversation_id(3)));
    supply(&mut state, &world);
    world.visitor_says(1);
    world.agent_says(samples::conversation_id(3), ME, samples::nonce(77), samples::text("answered"));
    catch_up(&mut state, &world);
    supply(&mut state, &world);
    // Also the open one: its last message is not of those days any more.
    assert_eq!((listed(&state, recent), listed(&state, earlier)), (ids(&[3, 1, 4]), ids(&[2])));
    for view in [recent, earlier] {
        let page: Vec<ConversationId> = world.page(view, None, 100).items.iter().map(|one| one.id).collect();
        assert_eq!(listed(&state, view), page);
    }
    // What is read or answered stays in the list of the unread while it is open, but only of these days.
    let unread = View { filter: Filter::Unread, ..earlier };
    state.choose(unread);
    supply(&mut state, &world);
    assert_eq!(listed(&state, unread), ids(&[2]));
}

#[test]
fn an_event_from_before_does_not_bring_back_what_the_views_were() {
    let mut world = World::new(1);
    let mut state = loaded(&world);
    let from = world.cursor();
    world.i_keep_a_view(1);
    world.i_keep_a_view(2);
    // Set on this page: the answer is here before the events of both changes.
    state.put_me(world.me());
    let mut events = world.events(from, 10).items.into_iter();
    apply(&mut state, events.next().unwrap());
    assert_eq!(state.me().saved_views, world.me().saved_views);
    events.for_each(|event| apply(&mut state, event));
    assert_eq!(state.me(), &world.me());
}

#[test]
fn what_lies_below_the_first_page_counts_as_unread() {
    let mut world = World::new(2);
    (1..=9).for_each(|number| world.visitor_says(number));
    let mut state = ConsoleState::new(world.me());
    state.load(world.snapshot(world.cursor(), 3));
    assert_eq!(state.needs(), [Need::Unread]);
    supply(&mut state, &world);
    assert_eq!((state.total_unread(), state.list(None).count()), (9, 3));
    // Read on another device, one far below the page: the count follows.
    world.i_read(samples::conversation_id(1), i64::MAX);
    world.visitor_says(2);
    catch_up(&mut state, &world);
    supply(&mut state, &world);
    assert_eq!(state.total_unread(), 9);
    assert!(!state.has_unread_beyond());
    state.put_unread(Vec::new(), false);
    assert!(state.has_unread_beyond(), "what is counted is not all there is");
    let of_channels: i64 = world.snapshot(0, 1).channels.iter().map(|channel| state.unread_of(channel.id)).sum();
    assert_eq!(of_channels, 9);
}

#[test]
fn the_next_unread_one_is_found_below_the_pages_that_were_fetched_and_after_the_last_comes_the_first() {
    let mut world = World::new(2);
    (1..=9).for_each(|number| world.visitor_says(number));
    let id = samples::conversation_id;
    [3, 4, 5, 6, 7, 9].into_iter().for_each(|number| world.i_read(id(number), i64::MAX));
    let mut state = ConsoleState::new(world.me());
    state.load(world.snapshot(world.cursor(), 3));
    supply(&mut state, &world);
    assert_eq!(listed(&state, View::default()), [9, 8, 7].map(id));
    // The last two are not listed.
    let next = |state: &ConsoleState, after: u128| state.next_unread(None, Some(id(after)));
    assert_eq!([9, 8, 2, 1].map(|after| next(&state, after)), [8, 2, 1, 8].map(|number| Some(id(number))));
    assert_eq!(state.next_unread(None, None), Some(id(8)));
    // Only those of the list that is looked at.
    let channel = Some(samples::channel_id(2));
    assert_eq!(state.conversation(id(1)).unwrap().channel_id, samples::channel_id(2));
    assert_eq!(state.next_unread(channel, Some(id(1))), None);
    // One that is opened there, and is not in the list either, leads on to what lies below it.
    state.open(Some(id(2)));
    world.i_read(id(2), i64::MAX);
    catch_up(&mut state, &world);
    assert_eq!([next(&state, 2), next(&state, 1)], [Some(id(1)), Some(id(8))]);
    world.i_read(id(1), i64::MAX);
    catch_up(&mut state, &world);
    assert_eq!(next(&state, 8), None);
}

#[test]
fn a_channel_without_alert_is_left_out_of_the_total() {
    let mut world = World::new(3);
    for number in 0..6 {
        world.visitor_says(number);
    }
    let mut state = loaded(&world);
    let before = state.total_unread();
    let mut channel = state.channels()[0].clone();
    let its_own = state.unread_of(channel.id);
    assert!(its_own > 0 && before > its_own);
    channel.alert = false;
    state.put_channel(channel.clone());
    assert_eq!(state.total_unread(), before - its_own);
    assert_eq!(state.unread_of(channel.id), its_own, "its own count stays in the tree");
}
