//! The children of an element by their keys: what stays is never touched.
//!
//! `<For>` takes rows out of the page and puts them back when several come in above them, and the browser then lays all of them out
//! anew; a log grows at its beginning by fifty rows at a time.

use super::effect;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Render};
use leptos::{html, prelude::*, reactive::owner::Owner};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

struct Child {
    owner: Owner,
    state: AnyViewState,
}

impl Child {
    fn remove(mut self) {
        self.owner.cleanup();
        self.state.unmount();
    }
}

/// Keeps one child for each key in an element that has no others, in the order of the keys. Each is drawn once, and lives in a scope
/// of its own until its key is gone. After every change `changed` is called, in the same task.
pub fn keyed_children<K: Copy + Eq + Hash + 'static>(
    parent: NodeRef<html::Div>,
    keys: impl Fn() -> Vec<K> + 'static,
    draw: impl Fn(K) -> AnyView + 'static,
    changed: impl Fn() + 'static,
) {
    let Some(scope) = Owner::current() else { return };
    let shown = StoredValue::new_local((Vec::<K>::new(), HashMap::<K, Child>::new()));
    effect(move || {
        let Some(parent) = parent.get() else { return };
        let keys = keys();
        let Some((before, mut children)) = shown.try_update_value(std::mem::take) else { return };
        let stay = staying(&before, &keys);
        for gone in before.iter().filter(|key| !stay.contains(key)) {
            if let Some(child) = children.remove(gone) {
                child.remove();
            }
        }
        // From the end: each comes before the one that stands already.
        let mut next = None::<K>;
        for key in keys.iter().rev() {
            if !stay.contains(key) {
                let owner = scope.with(Owner::new);
                let mut state = untrack(|| owner.with(|| draw(*key).build()));
                match next.and_then(|next| children.get(&next)) {
                    Some(next) if next.state.insert_before_this(&mut state) => {}
                    _ => state.mount(&parent, None),
                }
                children.insert(*key, Child { owner, state });
            }
            next = Some(*key);
        }
        shown.set_value((keys, children));
        untrack(&changed);
    });
    on_cleanup(move || {
        let (_, children) = shown.try_update_value(std::mem::take).unwrap_or_default();
        children.into_values().for_each(Child::remove);
    });
}

/// The keys whose children stay where they are: those of both that stand in the same order, seen from the end, where a log is read.
fn staying<K: Copy + Eq + Hash>(before: &[K], now: &[K]) -> HashSet<K> {
    let places: HashMap<K, usize> = now.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let mut last = None;
    let mut stay = HashSet::with_capacity(now.len());
    for key in before.iter().rev() {
        if let Some(place) = places.get(key)
            && last.is_none_or(|last| *place < last)
        {
            last = Some(*place);
            stay.insert(*key);
        }
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(before: &[u8], now: &[u8]) -> Vec<u8> {
        let stay = staying(before, now);
        now.iter().copied().filter(|key| stay.contains(key)).collect()
    }

    #[test]
    fn what_stands_in_the_same_order_stays() {
        assert_eq!(kept(&[5, 6], &[1, 2, 3, 4, 5, 6]), [5, 6], "some come in above");
        assert_eq!(kept(&[1, 2], &[1, 2, 3]), [1, 2], "one comes at the end");
        assert_eq!(kept(&[1, 2, 3], &[1, 9, 3]), [1, 3], "one goes and one comes between");
        assert!(kept(&[], &[1]).is_empty());
        assert!(kept(&[1, 2], &[]).is_empty());
    }

    #[test]
    fn what_changes_its_place_is_drawn_anew() {
        assert_eq!(kept(&[1, 2, 3], &[3, 1, 2]), [3]);
        assert_eq!(kept(&[1, 2, 3], &[2, 1, 3]), [2, 3]);
    }
}
