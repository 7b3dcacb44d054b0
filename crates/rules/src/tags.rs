//! Which tags a contact can have together, and where groups of tags stand.

use types::error::{FieldCode, FieldError};
use types::id::TagId;
use types::tags::TagGroup;
use types::validate::Fault;

/// How far apart the ranks of two neighbouring groups are at first.
const RANK_STEP: i64 = 1 << 20;

/// What stands against a contact having these tags: one that is not there, and a second one of a single-choice group. Every way to
/// give a contact tags asks this.
#[must_use]
pub fn check_set(groups: &[TagGroup], tag_ids: &[TagId]) -> Vec<FieldError> {
    let group_of = |id: &TagId| groups.iter().find(|group| group.tags.iter().any(|tag| tag.id == *id));
    let fault = |(place, id): (usize, &TagId)| {
        let Some(group) = group_of(id) else {
            return Some((place, "is no tag of the organisation"));
        };
        let before = tag_ids.iter().take(place);
        let is_second = group.single_choice && before.into_iter().any(|id| group.tags.iter().any(|tag| tag.id == *id));
        is_second.then_some((place, "is the second tag of a group of which a contact has one"))
    };
    let faults = tag_ids.iter().enumerate().filter_map(fault);
    faults.map(|(place, detail)| Fault::new(FieldCode::Wrong, detail).of(format!("tag_ids[{place}]"))).collect()
}

/// A contact's tags after somebody has picked one for them, or taken it back: a picked one takes the place of another one of a
/// single-choice group. What is there no more is left out, and not picked.
#[must_use]
pub fn picked(groups: &[TagGroup], tag_ids: &[TagId], pick: TagId, is_on: bool) -> Vec<TagId> {
    let Some(group) = groups.iter().find(|group| group.tags.iter().any(|tag| tag.id == pick)) else {
        return tag_ids.to_vec();
    };
    let is_there = |id: &TagId| groups.iter().any(|group| group.tags.iter().any(|tag| tag.id == *id));
    let gives_way = |id: &TagId| *id == pick || (group.single_choice && group.tags.iter().any(|tag| tag.id == *id));
    let mut after: Vec<TagId> = tag_ids.iter().filter(|id| is_there(id) && !gives_way(id)).copied().collect();
    if is_on {
        after.push(pick);
    }
    after
}

/// The rank of what comes between two neighbours, either of which may be missing; `None` when there is no room left.
#[must_use]
pub fn rank_between(above: Option<i64>, below: Option<i64>) -> Option<i64> {
    match (above, below) {
        (None, None) => Some(0),
        (Some(above), None) => above.checked_add(RANK_STEP),
        (None, Some(below)) => below.checked_sub(RANK_STEP),
        (Some(above), Some(below)) => {
            let between = above.midpoint(below);
            (above < between && between < below).then_some(between)
        }
    }
}

/// The rank of the item at a place, when all are numbered anew.
#[must_use]
pub fn rank_at(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX).saturating_mul(RANK_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::id::TagGroupId;
    use types::tags::{Tag, TagColor};
    use uuid::Uuid;

    fn id(number: u128) -> TagId {
        TagId(Uuid::from_u128(number))
    }

    /// Tags 1 to 3 are of a single-choice group, 4 to 6 of another one.
    fn groups() -> Vec<TagGroup> {
        let tag = |number| Tag { id: id(number), name: format!("{number}"), color: TagColor::Blue };
        let group = |number: u128, single_choice, tags: [u128; 3]| TagGroup {
            id: TagGroupId(Uuid::from_u128(number)),
            name: String::new(),
            single_choice,
            rank: 0,
            version: 1,
            tags: tags.map(tag).to_vec(),
        };
        vec![group(1, true, [1, 2, 3]), group(2, false, [4, 5, 6])]
    }

    #[test]
    fn a_contact_has_one_tag_of_a_single_choice_group_and_any_of_another() {
        let fields = |ids: &[u128]| -> Vec<String> {
            let ids: Vec<TagId> = ids.iter().copied().map(id).collect();
            check_set(&groups(), &ids).into_iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(&[]), [""; 0]);
        assert_eq!(fields(&[2, 4, 5, 6]), [""; 0]);
        assert_eq!(fields(&[4, 2, 1]), ["tag_ids[2]"]);
        assert_eq!(fields(&[7, 1, 2, 3]), ["tag_ids[0]", "tag_ids[2]", "tag_ids[3]"]);
    }

    #[test]
    fn what_is_picked_is_had_and_in_a_single_choice_group_the_other_gives_way() {
        let after = |ids: &[u128], pick, is_on| -> Vec<u128> {
            let ids: Vec<TagId> = ids.iter().copied().map(id).collect();
            picked(&groups(), &ids, id(pick), is_on).into_iter().map(|id| id.0.as_u128()).collect()
        };
        assert_eq!(after(&[], 4, true), [4]);
        assert_eq!(after(&[4, 5], 4, false), [5]);
        assert_eq!(after(&[4], 4, true), [4], "a colleague was faster");
        assert_eq!(after(&[4, 1], 2, true), [4, 2]);
        assert_eq!(after(&[4, 2], 2, false), [4]);
        assert_eq!(after(&[9, 4], 5, true), [4, 5], "one that was deleted meanwhile is not sent");
        assert_eq!(after(&[4], 9, true), [4], "nor picked");
    }

    proptest! {
        #[test]
        fn whatever_is_picked_can_be_had_together(picks in proptest::collection::vec((1_u128..7, any::<bool>()), 0..20)) {
            let pick = |ids: Vec<TagId>, (tag, is_on)| picked(&groups(), &ids, id(tag), is_on);
            let chosen = picks.into_iter().fold(Vec::new(), pick);
            prop_assert!(check_set(&groups(), &chosen).is_empty());
        }

        #[test]
        fn a_rank_between_two_is_between_them(above in any::<i64>(), below in any::<i64>()) {
            match rank_between(Some(above), Some(below)) {
                Some(rank) => prop_assert!(above < rank && rank < below),
                None => prop_assert!(below.saturating_sub(above) < 2),
            }
        }
    }
}
