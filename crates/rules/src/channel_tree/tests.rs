//! Moving loses and doubles nothing, whatever is moved where, in whichever order.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn channel(number: u8) -> ChannelId {
    ChannelId(Uuid::from_u128(number.into()))
}

fn group(number: u8) -> ChannelGroupId {
    ChannelGroupId(Uuid::from_u128(1_000 + u128::from(number)))
}

/// A tree of channels numbered from 0 in this many sections, the first of which is no group.
fn tree(sizes: &[u8]) -> ChannelTree {
    let mut next = 0_u8;
    let mut sections = sizes.iter().map(|size| {
        let ids = (next..next + size).map(channel).collect::<Vec<_>>();
        next += size;
        ids
    });
    let channel_ids = sections.next().unwrap_or_default();
    let named = |(number, channel_ids): (u8, Vec<ChannelId>)| ChannelGroup {
        id: group(number),
        name: format!("group {number}"),
        channel_ids,
    };
    ChannelTree { revision: 1, channel_ids, groups: (0_u8..).zip(sections).map(named).collect() }
}

/// The tree in short: `0 1 | 2 | 3 4`.
fn shown(tree: &ChannelTree) -> String {
    let mut text = Vec::new();
    for row in rows(tree) {
        text.push(match row {
            Row::Group(id) => format!("|{}", id.0.as_u128() - 1_000),
            Row::Channel(id) => id.0.as_u128().to_string(),
        });
    }
    text.join(" ")
}

fn sorted(tree: &ChannelTree) -> (Vec<ChannelId>, Vec<(ChannelGroupId, String)>) {
    let mut channels: Vec<_> = channels_of(tree).collect();
    let mut groups: Vec<_> = tree.groups.iter().map(|group| (group.id, group.name.clone())).collect();
    channels.sort_unstable();
    groups.sort_unstable();
    (channels, groups)
}

#[test]
fn a_channel_gets_into_the_group_whose_rows_are_there() {
    let before = tree(&[2, 2, 0]);
    assert_eq!(shown(&before), "0 1 |0 2 3 |1");
    for (row, gap, after) in [
        (0, 1, "0 1 |0 2 3 |1"),
        (0, 2, "1 0 |0 2 3 |1"),
        (0, 3, "1 |0 0 2 3 |1"),
        (0, 5, "1 |0 2 3 0 |1"),
        (0, 6, "1 |0 2 3 |1 0"),
        (0, 99, "1 |0 2 3 |1 0"),
        (3, 0, "3 0 1 |0 2 |1"),
        (3, 2, "0 1 3 |0 2 |1"),
    ] {
        assert_eq!(shown(&moved(&before, Row::Channel(channel(row)), gap)), after, "{row} to {gap}");
    }
}

#[test]
fn a_group_takes_its_channels_along_and_stands_between_groups() {
    let before = tree(&[1, 3, 1]);
    assert_eq!(shown(&before), "0 |0 1 2 3 |1 4");
    for (number, gap, after) in [
        (0, 7, "0 |1 4 |0 1 2 3"),
        (0, 6, "0 |0 1 2 3 |1 4"),
        (1, 0, "0 |1 4 |0 1 2 3"),
        (1, 2, "0 |1 4 |0 1 2 3"),
        (1, 4, "0 |0 1 2 3 |1 4"),
    ] {
        assert_eq!(shown(&moved(&before, Row::Group(group(number)), gap)), after, "{number} to {gap}");
    }
}

#[test]
fn steps_lead_through_every_place_and_back() {
    let row = Row::Channel(channel(0));
    let mut places = vec![shown(&tree(&[1, 1, 0]))];
    let mut now = tree(&[1, 1, 0]);
    for _ in 0..4 {
        now = stepped(&now, row, true);
        places.push(shown(&now));
    }
    assert_eq!(places, ["0 |0 1 |1", "|0 0 1 |1", "|0 1 0 |1", "|0 1 |1 0", "|0 1 |1 0"]);
    for place in ["|0 1 0 |1", "|0 0 1 |1", "0 |0 1 |1", "0 |0 1 |1"] {
        now = stepped(&now, row, false);
        assert_eq!(shown(&now), place);
    }
    assert_eq!(shown(&stepped(&now, Row::Group(group(0)), true)), "0 |1 |0 1");
    assert_eq!(shown(&stepped(&now, Row::Group(group(0)), false)), "0 |0 1 |1");
}

#[test]
fn an_order_names_everything_that_there_is_and_nothing_else() {
    let there = tree(&[1, 1]);
    let faults = |wanted: &ArrangeChannels| -> Vec<(String, FieldCode)> {
        check(&there, wanted).into_iter().map(|fault| (fault.field, fault.code)).collect()
    };
    assert_eq!(faults(&(&there).into()), []);
    assert_eq!(faults(&(&tree(&[0, 2])).into()), []);
    assert_eq!(
        faults(&(&tree(&[0])).into()),
        [("channel_ids".to_owned(), FieldCode::Required), ("groups".to_owned(), FieldCode::Required)]
    );
    assert_eq!(
        faults(&(&tree(&[1, 2, 0])).into()),
        [("groups[0].channel_ids[1]".to_owned(), FieldCode::Wrong), ("groups[1].id".to_owned(), FieldCode::Wrong)]
    );
}

#[test]
fn what_others_add_and_delete_is_no_order_of_theirs() {
    let base = tree(&[1, 2, 1]);
    let mut newest = base.clone();
    newest.revision = 2;
    newest.channel_ids.push(channel(9));
    newest.groups[0].name = "another".to_owned();
    newest.groups[1].channel_ids.clear();
    assert!(!is_rearranged(&base, &newest));
    let deleted = newest.groups.remove(0);
    newest.channel_ids = [&[channel(0)][..], &deleted.channel_ids, &[channel(9)]].concat();
    assert!(!is_rearranged(&base, &newest));
    assert!(is_rearranged(&base, &stepped(&base, Row::Channel(channel(1)), true)));
    // What was moved meanwhile stays where it was put, and what is new comes behind.
    let order = moved(&base, Row::Channel(channel(0)), 99);
    assert_eq!(shown(&carried_over(&order, &newest)), "1 2 9 |1 0");
}

fn trees() -> impl Strategy<Value = ChannelTree> {
    prop::collection::vec(0_u8..5, 1..6).prop_map(|sizes| tree(&sizes))
}

proptest! {
    #[test]
    fn no_channel_is_lost_or_doubled_under_any_sequence_of_moves(
        begin in trees(),
        deeds in prop::collection::vec((any::<bool>(), any::<bool>(), 0_usize..30, 0_usize..30), 0..40),
    ) {
        let mut now = begin.clone();
        for (step, down, which, gap) in deeds {
            let all = rows(&now);
            let Some(row) = which.checked_rem(all.len()).and_then(|place| all.get(place)) else { continue };
            now = if step { stepped(&now, *row, down) } else { moved(&now, *row, gap) };
            prop_assert_eq!(sorted(&now), sorted(&begin));
            prop_assert_eq!(check(&begin, &(&now).into()), vec![]);
            prop_assert_eq!(&arranged(&begin, (&now).into()), &now);
        }
    }

    #[test]
    fn a_channel_lands_in_the_gap_that_it_was_dropped_into(begin in trees(), which in 0_usize..30, gap in 0_usize..30) {
        let before = rows(&begin);
        let channels: Vec<usize> =
            (0..before.len()).filter(|place| matches!(before[*place], Row::Channel(_))).collect();
        let Some(from) = which.checked_rem(channels.len()).map(|place| channels[place]) else { return Ok(()) };
        let gap = gap.min(before.len());
        let row = before[from];
        let mut expected = before.clone();
        expected.insert(gap, row);
        expected.remove(if gap <= from { from + 1 } else { from });
        prop_assert_eq!(rows(&moved(&begin, row, gap)), expected);
    }

    #[test]
    fn carrying_an_order_over_keeps_exactly_what_there_is(order in trees(), newest in trees()) {
        let after = carried_over(&order, &newest);
        prop_assert_eq!(sorted(&after), sorted(&newest));
        prop_assert_eq!(carried_over(&after, &newest), after.clone());
        prop_assert!(!is_rearranged(&newest, &newest));
    }
}
