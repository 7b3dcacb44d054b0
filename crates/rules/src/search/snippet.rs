//! The part of a text around what was found.

use std::ops::Range;

/// Characters that a snippet has of the text.
const LENGTH: usize = 90;
/// Characters that it shows before the first place.
const BEFORE: usize = 18;

/// The part of a text around what was found, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The part; an ellipsis stands where the text was cut.
    pub text: String,
    /// What was found, in characters of the part.
    pub places: Vec<Range<usize>>,
}

/// The part of a text around the first of these places, which are in the text's characters and in order.
#[must_use]
pub fn snippet(text: &str, places: &[Range<usize>]) -> Snippet {
    let count = text.chars().count();
    let first = places.first().map_or(0, |place| place.start);
    // Where all of it fits, or the place stands near the beginning, nothing is cut there.
    let start = if count <= LENGTH || first <= BEFORE { 0 } else { first - BEFORE };
    // A place near the end is shown with as much as there is room for.
    let start = start.min(count.saturating_sub(LENGTH));
    let end = (start + LENGTH).min(count);
    let cut_before = usize::from(start > 0);
    let mut part = String::with_capacity(LENGTH * 3);
    if cut_before > 0 {
        part.push('…');
    }
    // One for one, so that places stay where they are.
    let on_one_line = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
    part.extend(text.chars().skip(start).take(end - start).map(on_one_line));
    if end < count {
        part.push('…');
    }
    let shown = places.iter().filter(|place| place.start < end && place.end > start);
    let places = shown.map(|place| {
        let from = place.start.max(start) - start + cut_before;
        from..place.end.min(end) - start + cut_before
    });
    Snippet { text: part, places: places.collect() }
}
