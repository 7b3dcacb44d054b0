//! The order of the list as shown: while somebody aims at a row, no row moves away from under the pointer.
//!
//! Rows are held while the pointer moves over them or is pressed, and for a moment after. What changes inside a row is shown
//! at once, and rows that come in at the end join. When the pointer rests, rows move; a press in the first moment after
//! that was aimed at what stood there before, and that is what it opens.

use crate::i18n::format::now;
use client::state::View;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use types::id::ConversationId;

/// How long after its last move the pointer still counts as aiming.
const AIMING: Duration = Duration::from_millis(1_200);
/// A press within this time after rows have moved was aimed at the row that stood there before.
const REACTION_MILLIS: i64 = 400;

/// The order as shown. `Copy`.
#[derive(Clone, Copy)]
pub struct HeldOrder {
    shown: RwSignal<Vec<ConversationId>>,
    listed: Memo<Vec<ConversationId>>,
    aiming: StoredValue<Option<TimeoutHandle>>,
    pressed: StoredValue<bool>,
    moved: StoredValue<Option<Moved>>,
}

/// Rows have moved under a pointer that rests on the list.
struct Moved {
    before: Vec<ConversationId>,
    at: i64,
}

impl HeldOrder {
    /// Shows this list, held while somebody aims. Another view is shown at once.
    pub fn of(view: Memo<View>, listed: Memo<Vec<ConversationId>>) -> Self {
        let order = Self {
            shown: RwSignal::new(listed.get_untracked()),
            listed,
            aiming: StoredValue::new(None),
            pressed: StoredValue::new(false),
            moved: StoredValue::new(None),
        };
        Effect::new(move |before: Option<View>| {
            let now = view.get();
            order.listed.track();
            if before.is_some_and(|before| before != now) || !order.is_held() {
                order.release(false);
            } else {
                order.listed.with_untracked(|listed| {
                    let held = order.shown.with_untracked(|shown| held(shown, listed));
                    order.show(held);
                });
            }
            now
        });
        on_cleanup(move || order.stop_aiming());
        order
    }

    /// The conversations, top to bottom.
    pub fn with<T>(self, read: impl FnOnce(&Vec<ConversationId>) -> T) -> T {
        self.shown.with(read)
    }

    /// The same, at this moment.
    pub fn with_untracked<T>(self, read: impl FnOnce(&Vec<ConversationId>) -> T) -> T {
        self.shown.with_untracked(read)
    }

    /// The pointer moves over the rows.
    pub fn aim(self) {
        self.stop_aiming();
        let timer = set_timeout_with_handle(
            move || {
                self.aiming.try_set_value(None);
                self.settle(true);
            },
            AIMING,
        );
        self.aiming.set_value(timer.ok());
    }

    /// The pointer leaves the rows.
    pub fn leave(self) {
        self.stop_aiming();
        self.settle(false);
    }

    /// The pointer is pressed on the rows, or let go.
    pub fn press(self, pressed: bool) {
        if self.pressed.try_set_value(pressed).is_some() {
            // The list has gone.
            return;
        }
        if pressed {
            self.aim();
        } else if self.aiming.with_value(Option::is_none) {
            // The pointer has left meanwhile.
            self.settle(false);
        }
    }

    /// The row that a press on this one was aimed at, when rows have just moved.
    pub fn aimed_at(self, hit: ConversationId) -> Option<ConversationId> {
        self.moved.with_value(|moved| {
            let moved = moved.as_ref().filter(|moved| now().0.saturating_sub(moved.at) < REACTION_MILLIS)?;
            let place = self.shown.with_untracked(|shown| shown.iter().position(|id| *id == hit))?;
            moved.before.get(place).copied().filter(|before| *before != hit)
        })
    }

    fn is_held(self) -> bool {
        self.pressed.get_value() || self.aiming.with_value(Option::is_some)
    }

    fn stop_aiming(self) {
        if let Some(Some(timer)) = self.aiming.try_update_value(Option::take) {
            timer.clear();
        }
    }

    fn settle(self, pointer_rests: bool) {
        if self.pressed.try_get_value() == Some(false) {
            self.release(pointer_rests);
        }
    }

    fn release(self, pointer_rests: bool) {
        let Some(listed) = self.listed.try_get_untracked() else { return };
        let before = self.shown.get_untracked();
        if pointer_rests && before != listed {
            self.moved.set_value(Some(Moved { before, at: now().0 }));
        }
        self.show(listed);
    }

    fn show(self, order: Vec<ConversationId>) {
        if self.shown.with_untracked(|shown| *shown != order) {
            self.shown.set(order);
        }
    }
}

/// The shown order with what has come in below it since.
fn held(shown: &[ConversationId], listed: &[ConversationId]) -> Vec<ConversationId> {
    let places: HashMap<ConversationId, usize> = listed.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let known: HashSet<ConversationId> = shown.iter().copied().collect();
    let end = shown.iter().filter_map(|id| places.get(id)).max().map_or(0, |place| place + 1);
    let below = listed.iter().skip(end).filter(|id| !known.contains(id));
    shown.iter().chain(below).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbers: &[u32]) -> Vec<ConversationId> {
        numbers.iter().map(|number| format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()).collect()
    }

    #[test]
    fn rows_stand_still_while_held_and_pages_join_below() {
        let shown = ids(&[1, 2, 3]);
        assert_eq!(held(&shown, &ids(&[3, 1, 2])), shown, "one rises");
        assert_eq!(held(&shown, &ids(&[9, 1, 2, 3])), shown, "a new one comes on top");
        assert_eq!(held(&shown, &ids(&[1, 2, 3, 4, 5])), ids(&[1, 2, 3, 4, 5]), "the next page comes");
        assert_eq!(
            held(&shown, &ids(&[4, 1, 3, 5])),
            ids(&[1, 2, 3, 5]),
            "one has gone, and keeps its place meanwhile"
        );
        assert_eq!(held(&[], &ids(&[1])), ids(&[1]));
    }
}
