//! Which rows of a log are drawn: the last ones at first, and earlier ones as somebody comes near them. A conversation is opened
//! as fast as its last screenful is drawn, however much of it is there.

use super::rows::{Key, Rows};
use leptos::prelude::*;

/// Drawn at first: more than a high window shows.
const FIRST: usize = 30;
/// Drawn besides, each time that the beginning of what is drawn comes near.
const MORE: usize = 60;
/// How many are drawn above the line of what is new.
const ABOVE_LINE: usize = 6;

/// The rows that are drawn. `Copy`.
#[derive(Clone, Copy)]
pub struct Drawn {
    rows: Memo<Rows>,
    /// The first one; without one, all are.
    first: RwSignal<Option<Key>>,
    hidden: Memo<usize>,
}

impl Drawn {
    /// The last rows.
    pub fn of(rows: Memo<Rows>) -> Self {
        let first = RwSignal::new(rows.with_untracked(|rows| first_drawn(&rows.order)));
        let hidden = Memo::new(move |_| {
            let first = first.get();
            first.map_or(0, |first| rows.with(|rows| rows.order.iter().position(|key| *key == first).unwrap_or(0)))
        });
        Self { rows, first, hidden }
    }

    /// Their keys, top to bottom.
    pub fn keys(self) -> Vec<Key> {
        let hidden = self.hidden.get();
        self.rows.with(|rows| rows.order.get(hidden..).unwrap_or_default().to_vec())
    }

    /// Whether earlier ones are there that are not drawn.
    pub fn hides(self) -> bool {
        self.hidden.get() > 0
    }

    /// Draws some more.
    pub fn more(self) {
        let Some(hidden) = self.hidden.try_get_untracked() else { return };
        let first = self.rows.with_untracked(|rows| {
            let order = rows.order.get(..hidden).unwrap_or_default();
            hold(order, order.len().saturating_sub(MORE))
        });
        self.first.set(first);
    }

    /// Draws all that there are.
    pub fn all(self) {
        if self.first.get_untracked().is_some() {
            self.first.set(None);
        }
    }
}

/// The first row that is drawn at first, unless all are.
fn first_drawn(order: &[Key]) -> Option<Key> {
    let line = order.iter().position(|key| *key == Key::New).unwrap_or(order.len());
    let at = Ord::min(order.len().saturating_sub(FIRST), line.saturating_sub(ABOVE_LINE));
    hold(order, at)
}

/// The row at a place, or the next one before it that stays where it is as earlier ones come: a day's heading moves up.
fn hold(order: &[Key], at: usize) -> Option<Key> {
    let before = order.get(..=at).unwrap_or_default();
    let at = before.iter().rposition(|key| !matches!(key, Key::Day(_) | Key::New)).filter(|at| *at > 0)?;
    before.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(count: i64) -> Vec<Key> {
        std::iter::once(Key::Day(1)).chain((1..=count).map(Key::Note)).collect()
    }

    #[test]
    fn a_short_log_is_drawn_whole() {
        assert_eq!(first_drawn(&[]), None);
        assert_eq!(first_drawn(&notes(29)), None);
    }

    #[test]
    fn of_a_long_one_the_last_rows_are_drawn() {
        assert_eq!(first_drawn(&notes(100)), Some(Key::Note(71)));
    }

    #[test]
    fn what_is_new_is_drawn_with_a_little_above_it() {
        let mut order = notes(100);
        order.insert(40, Key::New);
        assert_eq!(first_drawn(&order), Some(Key::Note(34)));
        order.insert(35, Key::Day(2));
        assert_eq!(first_drawn(&order), Some(Key::Note(34)), "a heading is no hold");
    }

    #[test]
    fn more_is_drawn_until_all_is() {
        Owner::new().with(|| {
            let order = RwSignal::new(notes(100));
            let rows = Memo::new(move |_| Rows { order: order.get(), ..Rows::default() });
            let drawn = Drawn::of(rows);
            assert_eq!((drawn.keys().len(), drawn.hides()), (30, true));
            // Earlier ones come in: they are not drawn unasked.
            order.set(notes(100).into_iter().take(1).chain((-20..=100).map(Key::Note)).collect());
            assert_eq!(drawn.keys().first(), Some(&Key::Note(71)));
            drawn.more();
            assert_eq!(drawn.keys().first(), Some(&Key::Note(11)));
            drawn.more();
            assert_eq!((drawn.keys().first(), drawn.hides()), (Some(&Key::Day(1)), false));
            let other = Drawn::of(rows);
            other.all();
            assert!(!other.hides());
        });
    }
}
