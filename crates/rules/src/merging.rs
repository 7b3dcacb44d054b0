//! What two contacts are when they are merged, and what the survivor is when that is undone: for the server, which does it, and for the
//! console, which shows it before.

use crate::tags::picked;
use types::contact_merges::{ContactFields, TakenFields};
use types::contacts::Contact;
use types::custom_fields::CustomValue;
use types::id::TagId;
use types::tags::TagGroup;

/// Whether a merge may keep this one of the two, by the accounts that they have proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    /// It may.
    Fit,
    /// The other one has proven who they are, and this one has not: the other way round it may.
    OtherSurvives,
    /// They are two people to the company.
    Differ,
}

/// What two contacts' proven accounts say about a merge. Of somebody whose account is known it stays known, so they survive.
#[must_use]
pub fn accounts(survivor: Option<&str>, other: Option<&str>) -> Accounts {
    match (survivor, other) {
        (Some(survivor), Some(other)) if survivor != other => Accounts::Differ,
        (None, Some(_)) => Accounts::OtherSurvives,
        _ => Accounts::Fit,
    }
}

/// What the survivor has after a merge: what only one of the two has is kept, and of what both have their own, unless it is taken. Tags of
/// both are kept, but of a single-choice group one. On the blacklist they are if either was.
#[must_use]
pub fn merged(
    survivor: &ContactFields,
    other: &ContactFields,
    take: &TakenFields,
    groups: &[TagGroup],
) -> ContactFields {
    ContactFields {
        name: one_of(&survivor.name, &other.name, take.name),
        phone: one_of(&survivor.phone, &other.phone, take.phone),
        remark: one_of(&survivor.remark, &other.remark, take.remark),
        blocked_at: survivor.blocked_at.or(other.blocked_at),
        tag_ids: merged_tags(&survivor.tag_ids, &other.tag_ids, take, groups),
        custom_values: merged_values(&survivor.custom_values, &other.custom_values, take),
    }
}

fn one_of(own: &Option<String>, other: &Option<String>, take: bool) -> Option<String> {
    if take { other.as_ref().or(own.as_ref()) } else { own.as_ref().or(other.as_ref()) }.cloned()
}

fn merged_tags(own: &[TagId], other: &[TagId], take: &TakenFields, groups: &[TagGroup]) -> Vec<TagId> {
    let group_of = |id: &TagId| groups.iter().find(|group| group.tags.iter().any(|tag| tag.id == *id));
    // What was deleted a moment ago is nobody's any more.
    let mut tags: Vec<TagId> = own.iter().filter(|id| group_of(id).is_some()).copied().collect();
    for id in other.iter().filter(|id| !own.contains(id)) {
        let Some(group) = group_of(id) else { continue };
        let is_there = |own: &TagId| group.tags.iter().any(|tag| tag.id == *own);
        if !group.single_choice || take.tag_group_ids.contains(&group.id) || !tags.iter().any(is_there) {
            tags = picked(groups, &tags, *id, true);
        }
    }
    tags.sort_unstable();
    tags
}

fn merged_values(own: &[CustomValue], other: &[CustomValue], take: &TakenFields) -> Vec<CustomValue> {
    let has = |values: &[CustomValue], value: &CustomValue| values.iter().any(|one| one.field_id == value.field_id);
    let taken = |value: &CustomValue| take.custom_field_ids.contains(&value.field_id);
    let kept = own.iter().filter(|value| !taken(value) || !has(other, value));
    let mut values: Vec<CustomValue> =
        kept.chain(other.iter().filter(|value| taken(value) || !has(own, value))).cloned().collect();
    values.sort_by_key(|value| value.field_id);
    values
}

/// What the survivor has once a merge is undone: what is as the merge left it is as it was before, and what has changed since stays.
#[must_use]
pub fn restored(
    now: &ContactFields,
    before: &ContactFields,
    after: &ContactFields,
    groups: &[TagGroup],
) -> ContactFields {
    fn back<T: Clone + PartialEq>(now: &T, before: &T, after: &T) -> T {
        if now == after { before.clone() } else { now.clone() }
    }
    ContactFields {
        name: back(&now.name, &before.name, &after.name),
        phone: back(&now.phone, &before.phone, &after.phone),
        remark: back(&now.remark, &before.remark, &after.remark),
        blocked_at: back(&now.blocked_at, &before.blocked_at, &after.blocked_at),
        tag_ids: restored_tags(&now.tag_ids, &before.tag_ids, &after.tag_ids, groups),
        custom_values: restored_values(&now.custom_values, &before.custom_values, &after.custom_values),
    }
}

/// The same of a survivor into whom others were merged later who still are: what they have too, or took the place of, is theirs as well.
/// `later`: what each has, and what was taken of it, in order.
#[must_use]
pub fn restored_beside(
    now: &ContactFields,
    (before, after): (&ContactFields, &ContactFields),
    later: &[(ContactFields, TakenFields)],
    groups: &[TagGroup],
) -> ContactFields {
    later.iter().fold(restored(now, before, after, groups), |own, (other, take)| {
        merged(&own, &only_where_changed(now, &own, other, groups), take, groups)
    })
}

/// What of another one is in fields in which these two are not the same: of tags those that were lost, and those of single-choice groups of
/// which another one was.
fn only_where_changed(
    was: &ContactFields,
    is: &ContactFields,
    other: &ContactFields,
    groups: &[TagGroup],
) -> ContactFields {
    fn changed<T: Clone + PartialEq>(was: &Option<T>, is: &Option<T>, other: &Option<T>) -> Option<T> {
        other.clone().filter(|_| was != is)
    }
    let is_lost = |id: &TagId| was.tag_ids.contains(id) && !is.tag_ids.contains(id);
    let concerned = |id: &&TagId| {
        let single = |group: &&TagGroup| group.single_choice && group.tags.iter().any(|tag| tag.id == **id);
        is_lost(id) || groups.iter().find(single).is_some_and(|group| group.tags.iter().any(|tag| is_lost(&tag.id)))
    };
    let is_changed = |value: &&CustomValue| {
        let of = |fields: &ContactFields| {
            fields.custom_values.iter().find(|one| one.field_id == value.field_id).map(|one| one.value.clone())
        };
        of(was) != of(is)
    };
    ContactFields {
        name: changed(&was.name, &is.name, &other.name),
        phone: changed(&was.phone, &is.phone, &other.phone),
        remark: changed(&was.remark, &is.remark, &other.remark),
        blocked_at: changed(&was.blocked_at, &is.blocked_at, &other.blocked_at),
        tag_ids: other.tag_ids.iter().filter(concerned).copied().collect(),
        custom_values: other.custom_values.iter().filter(is_changed).cloned().collect(),
    }
}

/// Writes what somebody who was merged has told of themselves since: what it fills of the survivor is as if it had come by their merge,
/// of which `before` and `after` are kept.
pub fn fill(now: &mut ContactFields, before: &mut ContactFields, after: &mut ContactFields, told: &ContactFields) {
    let one = |told: &Option<String>, [now, before, after]: [&mut Option<String>; 3]| {
        if now.is_none() && told.is_some() {
            (*now, *before, *after) = (told.clone(), None, told.clone());
        }
    };
    one(&told.name, [&mut now.name, &mut before.name, &mut after.name]);
    one(&told.phone, [&mut now.phone, &mut before.phone, &mut after.phone]);
    for value in &told.custom_values {
        if now.custom_values.iter().any(|own| own.field_id == value.field_id) {
            continue;
        }
        before.custom_values.retain(|own| own.field_id != value.field_id);
        for fields in [&mut *now, &mut *after] {
            fields.custom_values.retain(|own| own.field_id != value.field_id);
            fields.custom_values.push(value.clone());
            fields.custom_values.sort_by_key(|own| own.field_id);
        }
    }
}

/// What was filled of a survivor, as another merge has it that came later: where there was nothing before it and nothing afterwards, that is
/// there on either side. `was` and `is`: the survivor before and since.
pub fn fill_later(was: &ContactFields, is: &ContactFields, before: &mut ContactFields, after: &mut ContactFields) {
    let one = |[was, is]: [&Option<String>; 2], [before, after]: [&mut Option<String>; 2]| {
        if was.is_none() && before.is_none() && after.is_none() {
            (*before, *after) = (is.clone(), is.clone());
        }
    };
    one([&was.name, &is.name], [&mut before.name, &mut after.name]);
    one([&was.phone, &is.phone], [&mut before.phone, &mut after.phone]);
    let has = |fields: &ContactFields, value: &CustomValue| {
        fields.custom_values.iter().any(|own| own.field_id == value.field_id)
    };
    for value in is.custom_values.iter().filter(|value| !has(was, value)) {
        if has(before, value) || has(after, value) {
            continue;
        }
        for fields in [&mut *before, &mut *after] {
            fields.custom_values.push(value.clone());
            fields.custom_values.sort_by_key(|own| own.field_id);
        }
    }
}

fn restored_tags(now: &[TagId], before: &[TagId], after: &[TagId], groups: &[TagGroup]) -> Vec<TagId> {
    let came = |id: &TagId| after.contains(id) && !before.contains(id);
    let mut tags: Vec<TagId> = now.iter().filter(|id| !came(id)).copied().collect();
    for id in before.iter().filter(|id| !after.contains(id) && !now.contains(id)) {
        let Some(group) = groups.iter().find(|group| group.tags.iter().any(|tag| tag.id == *id)) else { continue };
        // Another one was chosen since.
        let is_taken = group.single_choice && tags.iter().any(|own| group.tags.iter().any(|tag| tag.id == *own));
        if !is_taken {
            tags.push(*id);
        }
    }
    tags.sort_unstable();
    tags
}

/// Of tags that somebody has had those that they may have together by now: of a single-choice group the first.
#[must_use]
pub fn settled(tag_ids: &[TagId], groups: &[TagGroup]) -> Vec<TagId> {
    let mut tags: Vec<TagId> = Vec::new();
    for id in tag_ids {
        let Some(group) = groups.iter().find(|group| group.tags.iter().any(|tag| tag.id == *id)) else { continue };
        let is_taken = group.single_choice && tags.iter().any(|own| group.tags.iter().any(|tag| tag.id == *own));
        if !is_taken {
            tags.push(*id);
        }
    }
    tags
}

fn restored_values(now: &[CustomValue], before: &[CustomValue], after: &[CustomValue]) -> Vec<CustomValue> {
    let mut ids: Vec<_> = now.iter().chain(before).map(|value| value.field_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let value = |id| {
        let of = |values: &[CustomValue]| values.iter().find(|value| value.field_id == id).cloned();
        if of(now) == of(after) { of(before) } else { of(now) }
    };
    ids.into_iter().filter_map(value).collect()
}

/// What of the two both have differently, so that somebody chooses. Of the blacklist nobody chooses.
#[must_use]
pub fn contested(survivor: &Contact, other: &Contact, groups: &[TagGroup]) -> TakenFields {
    let differ = |own: &Option<String>, other: &Option<String>| own.is_some() && other.is_some() && own != other;
    let other_value = |value: &&CustomValue| {
        other.custom_values.iter().any(|theirs| theirs.field_id == value.field_id && theirs.value != value.value)
    };
    let of_group = |group: &&TagGroup| {
        let of = |ids: &[TagId]| ids.iter().find(|id| group.tags.iter().any(|tag| tag.id == **id)).copied();
        let (own, theirs) = (of(&survivor.tag_ids), of(&other.tag_ids));
        group.single_choice && own.is_some() && theirs.is_some() && own != theirs
    };
    TakenFields {
        name: differ(&survivor.name, &other.name),
        phone: differ(&survivor.phone, &other.phone),
        remark: differ(&survivor.remark, &other.remark),
        custom_field_ids: survivor.custom_values.iter().filter(other_value).map(|value| value.field_id).collect(),
        tag_group_ids: groups.iter().filter(of_group).map(|group| group.id).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::id::{CustomFieldId, TagGroupId};
    use types::tags::{Tag, TagColor};
    use types::time::Timestamp;
    use uuid::Uuid;

    #[test]
    fn what_is_filled_stands_on_either_side_of_a_later_merge_unless_that_brought_something() {
        let with = |phone: Option<&str>| ContactFields { phone: phone.map(str::to_owned), ..ContactFields::default() };
        let (was, is) = (with(None), with(Some("1")));
        for (before, after, expected) in [
            (None, None, (Some("1"), Some("1"))),
            (None, Some("2"), (None, Some("2"))),
            (Some("2"), None, (Some("2"), None)),
        ] {
            let (mut before, mut after) = (with(before), with(after));
            fill_later(&was, &is, &mut before, &mut after);
            assert_eq!((before.phone.as_deref(), after.phone.as_deref()), expected);
        }
    }

    /// Tags 1 to 3 are of a single-choice group, 4 to 6 of another one.
    fn groups() -> Vec<TagGroup> {
        let tag = |number| Tag { id: TagId(Uuid::from_u128(number)), name: format!("{number}"), color: TagColor::Blue };
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

    fn fields() -> impl Strategy<Value = ContactFields> {
        let text = || proptest::option::of("[ab]{1,2}");
        let tags = (proptest::option::of(1_u128..4), proptest::collection::btree_set(4_u128..7, 0..3));
        let tags = tags.prop_map(|(single, many)| {
            single.into_iter().chain(many).map(|id| TagId(Uuid::from_u128(id))).collect::<Vec<_>>()
        });
        let values = proptest::collection::btree_map(0_u128..4, "[ab]", 0..4).prop_map(|values| {
            let value = |(id, value)| CustomValue { field_id: CustomFieldId(Uuid::from_u128(id)), value };
            values.into_iter().map(value).collect::<Vec<_>>()
        });
        let blocked = proptest::option::of((1_i64..4).prop_map(Timestamp));
        (text(), text(), text(), blocked, tags, values).prop_map(
            |(name, phone, remark, blocked_at, tag_ids, custom_values)| ContactFields {
                name,
                phone,
                remark,
                blocked_at,
                tag_ids,
                custom_values,
            },
        )
    }

    fn take() -> impl Strategy<Value = TakenFields> {
        let fields = proptest::collection::vec((0_u128..4).prop_map(|id| CustomFieldId(Uuid::from_u128(id))), 0..4);
        (any::<(bool, bool, bool, bool)>(), fields).prop_map(|((name, phone, remark, tags), custom_field_ids)| {
            let tag_group_ids = tags.then(|| TagGroupId(Uuid::from_u128(1))).into_iter().collect();
            TakenFields { name, phone, remark, custom_field_ids, tag_group_ids }
        })
    }

    proptest! {
        #[test]
        fn nothing_that_only_one_has_is_lost_and_what_is_merged_can_be_had_together(
            own in fields(), other in fields(), take in take()
        ) {
            let both = merged(&own, &other, &take, &groups());
            prop_assert_eq!(both.name.is_some(), own.name.is_some() || other.name.is_some());
            prop_assert_eq!(both.phone.is_some(), own.phone.is_some() || other.phone.is_some());
            prop_assert_eq!(both.remark.is_some(), own.remark.is_some() || other.remark.is_some());
            prop_assert_eq!(both.blocked_at.is_some(), own.blocked_at.is_some() || other.blocked_at.is_some());
            prop_assert_eq!(crate::tags::check_set(&groups(), &both.tag_ids), vec![]);
            let many = |id: &&TagId| id.0.as_u128() > 3;
            for id in own.tag_ids.iter().chain(&other.tag_ids).filter(many) {
                prop_assert!(both.tag_ids.contains(id));
            }
            for value in own.custom_values.iter().chain(&other.custom_values) {
                prop_assert_eq!(both.custom_values.iter().filter(|one| one.field_id == value.field_id).count(), 1);
            }
        }

        #[test]
        fn a_merge_that_is_undone_at_once_leaves_no_trace(own in fields(), other in fields(), take in take()) {
            let both = merged(&own, &other, &take, &groups());
            prop_assert_eq!(restored(&both, &own, &both, &groups()), own);
        }

        #[test]
        fn what_has_changed_since_is_not_overwritten(own in fields(), other in fields(), now in fields()) {
            let both = merged(&own, &other, &TakenFields::default(), &groups());
            let after = restored(&now, &own, &both, &groups());
            if now.name != both.name { prop_assert_eq!(&after.name, &now.name); }
            for value in now.custom_values.iter().filter(|value| !both.custom_values.contains(value)) {
                prop_assert!(after.custom_values.contains(value));
            }
            prop_assert_eq!(crate::tags::check_set(&groups(), &after.tag_ids), vec![]);
        }
    }

    proptest! {
        #[test]
        fn whichever_of_two_merges_is_undone_the_other_holds_as_if_it_were_the_only_one(
            own in fields(), first in fields(), second in fields(), take in take()
        ) {
            // Nothing is taken by the first: what somebody lost to it comes back, and with it the question of what the second takes.
            let one = merged(&own, &first, &TakenFields::default(), &groups());
            let both = merged(&one, &second, &take, &groups());
            let later = [(second.clone(), take.clone())];
            let without_first = restored_beside(&both, (&own, &one), &later, &groups());
            let alone = merged(&own, &second, &take, &groups());
            prop_assert_eq!(&without_first, &alone);
            prop_assert_eq!(restored(&both, &one, &both, &groups()), one);
        }

        #[test]
        fn what_fills_a_gap_later_is_taken_away_with_the_merge_and_what_was_there_is_not(
            own in fields(), other in fields(), edited in fields(), told in fields()
        ) {
            let (mut before, mut after) = (own.clone(), merged(&own, &other, &TakenFields::default(), &groups()));
            let mut now = edited.clone();
            fill(&mut now, &mut before, &mut after, &told);
            prop_assert_eq!(&now.name, &edited.name.clone().or(told.name.clone()));
            for value in &edited.custom_values {
                prop_assert!(now.custom_values.contains(value));
            }
            let back = restored(&now, &before, &after, &groups());
            if edited.name.is_none() && told.name.is_some() { prop_assert_eq!(&back.name, &None); }
            if edited.phone.is_none() && told.phone.is_some() { prop_assert_eq!(&back.phone, &None); }
            for value in &told.custom_values {
                let had = |fields: &ContactFields| fields.custom_values.iter().any(|one| one.field_id == value.field_id);
                if !had(&edited) { prop_assert!(!had(&back)); }
            }
        }
    }

    #[test]
    fn of_a_group_that_has_become_single_choice_one_tag_stays() {
        let tags = |ids: &[u128]| ids.iter().map(|id| TagId(Uuid::from_u128(*id))).collect::<Vec<_>>();
        // The ninth is of a group that is gone.
        assert_eq!(settled(&tags(&[1, 3, 4, 5, 9]), &groups()), tags(&[1, 4, 5]));
    }

    #[test]
    fn whoever_has_proven_an_account_survives_and_two_accounts_are_two_people() {
        assert_eq!(accounts(None, None), Accounts::Fit);
        assert_eq!(accounts(Some("a"), None), Accounts::Fit);
        assert_eq!(accounts(Some("a"), Some("a")), Accounts::Fit);
        assert_eq!(accounts(None, Some("a")), Accounts::OtherSurvives);
        assert_eq!(accounts(Some("a"), Some("b")), Accounts::Differ);
    }
}
