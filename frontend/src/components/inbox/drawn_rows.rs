//! Which rows of the log are drawn, and what each of them shows.
//!
//! A conversation opens with the rows that fill the screen. Those above follow a few at a time once somebody stays there, or at once when they
//! scroll, and so do earlier messages when they come: no frame waits for rows that nobody can see, and whoever goes through the list by arrow
//! keys does not wait for rows that they will not read. Once drawn, a row stays.

use super::rows::{Key, Row, Rows};
use crate::ui::effect;
use leptos::leptos_dom::helpers::set_timeout;
use leptos::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use types::messages::Content;

/// How many rows are drawn at a time above those in sight.
const STEP: usize = 10;
/// Whoever stays in a conversation for so long gets all of its rows.
const STAYS: Duration = Duration::from_millis(400);
/// How long the browser has for other things between two steps.
const PAUSE: Duration = Duration::from_millis(16);
/// More rows than this that come in above are drawn in steps.
const AT_ONCE: usize = 12;
/// What a row takes at the least, in pixels; see `message_list.css`.
const LINE: usize = 34;
/// What each further line of a text takes.
const FURTHER_LINE: usize = 21;
/// So many letters a bubble has in a line at the most, of a text as texts are; a Chinese character takes the room of two.
const LINE_MOST: usize = 84;
/// What a picture takes at the least, before it is known to be smaller.
const PICTURE: usize = 80;

/// The drawn rows of one log. `Copy`.
#[derive(Clone, Copy)]
pub struct DrawnRows {
    rows: Memo<Rows>,
    /// The first row that is drawn; all are where there is none.
    first: RwSignal<Option<Key>>,
    /// The drawn rows, top to bottom.
    order: RwSignal<Vec<Key>>,
    /// What each drawn row shows: a signal of its own, so that a change costs the rows that it concerns.
    shown: StoredValue<HashMap<Key, ArcRwSignal<Row>>>,
    /// Whether steps are being taken.
    stepping: StoredValue<bool>,
}

impl DrawnRows {
    /// Draws the end of these rows first: what fills `height` pixels and the line above what is new.
    pub fn of(rows: Memo<Rows>, height: usize) -> Self {
        let first = rows.with_untracked(|rows| first_in_sight(rows, height));
        let order = rows.with_untracked(|rows| drawn(rows, first).to_vec());
        let drawn_rows = Self {
            rows,
            first: RwSignal::new(first),
            order: RwSignal::new(order),
            shown: StoredValue::new(HashMap::new()),
            stepping: StoredValue::new(false),
        };
        effect(move || drawn_rows.follow());
        if first.is_some() {
            set_timeout(move || drawn_rows.go_on(), STAYS);
        }
        drawn_rows
    }

    /// The drawn rows, top to bottom.
    pub fn order(self) -> Vec<Key> {
        self.order.get()
    }

    /// Whoever calls it is told when rows are drawn.
    pub fn track(self) {
        self.order.track();
    }

    /// What a row shows.
    pub fn row(self, key: Key) -> Option<ArcRwSignal<Row>> {
        let row = self.rows.with_untracked(|rows| rows.by_key.get(&key).cloned())?;
        self.shown.try_update_value(|shown| shown.entry(key).or_insert_with(|| ArcRwSignal::new(row)).clone())
    }

    /// Whether every row is drawn.
    pub fn is_whole(self) -> bool {
        self.first.with(Option::is_none)
    }

    /// Draws every row: somebody goes where they are.
    pub fn draw_all(self) {
        if self.first.try_with_untracked(Option::is_some) == Some(true) {
            // The order first: rows that come above a log that was whole are those of a page of history, which comes in steps.
            self.order.set(self.rows.with_untracked(|rows| rows.order.clone()));
            self.first.set(None);
        }
    }

    /// Takes the rows as they are now.
    fn follow(self) {
        let first = self.first.get();
        self.rows.with(|rows| {
            let before = self.order.with_untracked(|order| order.iter().find(|key| holds_its_place(key)).copied());
            // A page of earlier messages: it comes in steps as well.
            let first = first.or_else(|| {
                let before = before.filter(|before| place(rows, *before).is_some_and(|at| at > AT_ONCE))?;
                // The first step at once: the day's heading goes up to where it is not drawn yet, and what takes its place must
                // be higher, for the view to stay where it is.
                step_above(rows, before)
            });
            if first != self.first.get_untracked() {
                self.first.set(first);
                self.go_on();
            }
            self.shown.update_value(|shown| {
                shown.retain(|key, signal| match rows.by_key.get(key) {
                    Some(row) => {
                        if signal.with_untracked(|shown| shown != row) {
                            signal.set(row.clone());
                        }
                        true
                    }
                    None => false,
                });
            });
            let order = drawn(rows, first);
            if self.order.with_untracked(|before| before != order) {
                self.order.set(order.to_vec());
            }
        });
    }

    /// Draws the rest step by step from now on: somebody is about to go there.
    pub fn go_on(self) {
        let waits = self.first.try_with_untracked(Option::is_some) == Some(true);
        if waits && self.stepping.try_get_value() == Some(false) {
            self.stepping.set_value(true);
            self.step();
        }
    }

    fn step(self) {
        set_timeout(
            move || {
                let Some(first) = self.first.try_get_untracked() else { return };
                let next = first.and_then(|first| self.rows.with_untracked(|rows| step_above(rows, first)));
                if first != next {
                    self.first.set(next);
                }
                if next.is_some() {
                    self.step();
                } else {
                    self.stepping.set_value(false);
                }
            },
            PAUSE,
        );
    }
}

/// Day headings move up to the first message of their day when earlier ones come.
fn holds_its_place(key: &Key) -> bool {
    !matches!(key, Key::Day(_))
}

fn place(rows: &Rows, key: Key) -> Option<usize> {
    rows.order.iter().position(|one| *one == key)
}

/// The rows from this one on; all of them where it is gone.
fn drawn(rows: &Rows, first: Option<Key>) -> &[Key] {
    let from = first.and_then(|first| place(rows, first)).unwrap_or_default();
    rows.order.get(from..).unwrap_or_default()
}

/// The row a step above this one; nothing when that is the beginning.
fn step_above(rows: &Rows, first: Key) -> Option<Key> {
    let from = place(rows, first)?.checked_sub(STEP)?;
    let above = rows.order.get(..=from)?;
    let at = above.iter().rposition(holds_its_place)?;
    above.get(at).copied().filter(|_| at > 0)
}

/// The first of the rows at the end that fill so many pixels for sure and hold the line above what is new; nothing when those are all.
fn first_in_sight(rows: &Rows, height: usize) -> Option<Key> {
    let line = place(rows, Key::New).unwrap_or(rows.order.len());
    let mut filled = 0;
    let mut found = None;
    for (at, key) in rows.order.iter().enumerate().rev() {
        if filled >= height && at < line && holds_its_place(key) {
            found = Some((at, *key));
            break;
        }
        filled += rows.by_key.get(key).map_or(0, least_height);
    }
    found.filter(|(at, _)| *at > STEP).map(|(_, key)| key)
}

/// What a row takes at the least, in pixels.
fn least_height(row: &Row) -> usize {
    let of_text = |text: &str| {
        let lines = text.lines().map(|line| letters(line).div_ceil(LINE_MOST).max(1)).sum::<usize>();
        LINE + FURTHER_LINE * lines.saturating_sub(1)
    };
    match row {
        Row::Day(_) | Row::New => LINE,
        Row::Note(note) => of_text(&note.text),
        Row::Message(message) => match &message.content {
            Content::Text { text } | Content::Reply { text, .. } => of_text(text),
            Content::Image { .. } | Content::Video { .. } => PICTURE,
            Content::File { .. } | Content::Recalled {} => LINE,
        },
    }
}

/// How much room a line of text takes, in letters.
fn letters(line: &str) -> usize {
    line.chars().map(|c| if c < '\u{1100}' { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::super::rows::{MessageRow, Side};
    use super::*;
    use types::time::Timestamp;

    fn key(number: i64) -> Key {
        Key::Inbound(format!("00000000-0000-0000-0000-{number:012}").parse().unwrap())
    }

    /// A day's heading and so many messages of one line.
    fn rows(count: i64) -> Rows {
        let mut rows = Rows::default();
        rows.order.push(Key::Day(1));
        rows.by_key.insert(Key::Day(1), Row::Day(Timestamp(0)));
        for number in 1..=count {
            let Key::Inbound(nonce) = key(number) else { unreachable!() };
            let message = MessageRow {
                nonce,
                id: None,
                seq: Some(number),
                side: Side::Visitor,
                content: Content::Text { text: "hi".to_owned() },
                at: Timestamp(number),
                mark: None,
                opens: true,
                closes: true,
            };
            rows.order.push(key(number));
            rows.by_key.insert(key(number), Row::Message(message));
        }
        rows
    }

    #[test]
    fn a_screenful_is_drawn_first() {
        let rows = rows(50);
        let first = first_in_sight(&rows, 10 * LINE);
        assert_eq!(first, Some(key(40)), "ten rows and one that reaches beyond");
        assert_eq!(drawn(&rows, first).len(), 11);
        assert_eq!(first_in_sight(&rows, 100_000), None);
        assert_eq!(first_in_sight(&rows, 45 * LINE), None, "a handful more is no step");
        assert_eq!(first_in_sight(&Rows::default(), 700), None);
    }

    #[test]
    fn long_texts_take_more_lines() {
        let mut rows = rows(50);
        if let Some(Row::Message(message)) = rows.by_key.get_mut(&key(50)) {
            message.content = Content::Text { text: "x".repeat(10 * LINE_MOST) };
        }
        assert_eq!(first_in_sight(&rows, LINE + 9 * FURTHER_LINE + LINE), Some(key(48)));
        if let Some(Row::Message(message)) = rows.by_key.get_mut(&key(50)) {
            message.content = Content::Text { text: "好".repeat(5 * LINE_MOST) };
        }
        assert_eq!(first_in_sight(&rows, LINE + 9 * FURTHER_LINE + LINE), Some(key(48)));
    }

    #[test]
    fn the_line_above_what_is_new_is_among_them() {
        let mut rows = rows(50);
        rows.order.insert(21, Key::New);
        rows.by_key.insert(Key::New, Row::New);
        assert_eq!(first_in_sight(&rows, 5 * LINE), Some(key(20)));
    }

    #[test]
    fn the_rest_comes_in_steps_up_to_the_first() {
        let rows = rows(50);
        let mut first = first_in_sight(&rows, 10 * LINE);
        let mut drawn_before = drawn(&rows, first).len();
        let mut steps = 0;
        while let Some(from) = first {
            first = step_above(&rows, from);
            let now = drawn(&rows, first).len();
            assert!(now > drawn_before && now <= drawn_before + STEP + 1, "{drawn_before} → {now}");
            drawn_before = now;
            steps += 1;
        }
        assert_eq!(drawn_before, 51);
        assert_eq!(steps, 4);
    }

    #[test]
    fn where_the_first_drawn_row_is_gone_all_are_drawn() {
        assert_eq!(drawn(&rows(20), Some(key(99))).len(), 21);
        assert_eq!(step_above(&rows(20), key(99)), None);
    }
}
