//! Search: what of a text is indexed, what a question asks for, and where in a text it is found.
//!
//! One function cuts texts and questions alike (`letters`), so that whatever somebody can see they can also look for.
//! Scripts without spaces (Chinese, Japanese, Thai; Korean too) are indexed as single characters and overlapping pairs, words
//! and numbers by their beginnings. The index only proposes; [`Question::find`] looks into the text itself and has the last
//! word, adjacency included.

mod letters;
mod snippet;

pub use snippet::{Snippet, snippet};

use letters::{Kind, Letter, Run, letters, runs};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;

/// Beginnings of words up to this length are terms of their own, so that a word is found while it is typed without walking
/// through the index.
const BEGINNING_MAX: usize = 8;
/// What of a longer word is indexed.
const WORD_MAX: usize = 40;
/// This many digits at the end of a longer number are a term: whoever reads out a number reads out its end.
const ENDING: usize = 4;
/// Terms that a question asks the index for; what more there are the text itself is asked.
const TERMS_MAX: usize = 24;
/// Places that are shown in one text.
const PLACES_MAX: usize = 50;

/// What of a text is indexed, each term once, in order. Terms consist of letters and digits only.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let letters = letters(text);
    let mut terms = BTreeSet::new();
    for run in runs(&letters) {
        let characters = characters(run.of(&letters));
        match run.kind {
            Kind::Unspaced => {
                terms.extend(characters.iter().map(char::to_string));
                terms.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
            }
            Kind::Word | Kind::Number => {
                let longest = characters.len().min(BEGINNING_MAX);
                terms.extend((1..=longest).map(|length| characters.iter().take(length).collect::<String>()));
                if characters.len() > BEGINNING_MAX {
                    terms.insert(characters.iter().take(WORD_MAX).collect());
                }
                if run.kind == Kind::Number && characters.len() > ENDING {
                    terms.insert(characters.iter().skip(characters.len() - ENDING).collect());
                }
            }
        }
    }
    terms.into_iter().collect()
}

/// A term that the index is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// The term: letters and digits only.
    pub text: String,
    /// Whether every term that begins like this one will do.
    pub is_beginning: bool,
}

/// What somebody looks for: everything that they typed, in any order; what they typed without a space must stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    phrases: Vec<Vec<Piece>>,
}

/// A run of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    kind: Kind,
    characters: Vec<char>,
}

impl Question {
    /// Reads what somebody typed; `None` when there is no letter or digit in it.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let letters = letters(typed);
        let phrases = letters.split(|letter| letter.character.is_whitespace()).map(|phrase| {
            let piece = |run: Run| Piece { kind: run.kind, characters: characters(run.of(phrase)) };
            runs(phrase).map(piece).collect::<Vec<_>>()
        });
        let mut phrases: Vec<_> = phrases.filter(|phrase| !phrase.is_empty()).collect();
        // The longest first: what a text has not is soonest known by that. Each once.
        phrases.sort_by_cached_key(|phrase| {
            let characters: Vec<_> = phrase.iter().map(|piece| piece.characters.clone()).collect();
            (Reverse(characters.iter().map(Vec::len).sum::<usize>()), characters)
        });
        phrases.dedup();
        (!phrases.is_empty()).then_some(Self { phrases })
    }

    /// The number, when nothing but one was typed.
    #[must_use]
    pub fn number(&self) -> Option<i64> {
        match self.phrases.as_slice() {
            [phrase] => match phrase.as_slice() {
                [Piece { kind: Kind::Number, characters }] => characters.iter().collect::<String>().parse().ok(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The terms that a text must all have to come into question.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let mut terms = BTreeSet::new();
        for piece in self.phrases.iter().flatten() {
            let whole = |length: usize| piece.characters.iter().take(length).collect::<String>();
            match piece.kind {
                Kind::Unspaced if piece.characters.len() > 1 => terms.extend(
                    piece.characters.windows(2).map(|pair| Term { text: pair.iter().collect(), is_beginning: false }),
                ),
                _ => {
                    let is_beginning = piece.kind != Kind::Unspaced && piece.characters.len() > BEGINNING_MAX;
                    terms.insert(Term { text: whole(WORD_MAX), is_beginning });
                }
            }
        }
        terms.into_iter().take(TERMS_MAX).collect()
    }

    /// Where a text has what is looked for, in characters of the text, in order and apart from each other; `None` when
    /// something is missing.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let letters = letters(text);
        let runs: Vec<Run> = runs(&letters).collect();
        let mut places = Vec::new();
        for phrase in &self.phrases {
            let before = places.len();
            for (at, _) in runs.iter().enumerate() {
                // More are not shown.
                if places.len() >= before + PLACES_MAX {
                    break;
                }
                let from_here = runs.get(at..).unwrap_or_default();
                places.extend(occurrences(phrase, from_here, &letters).into_iter().filter_map(|place| {
                    let (first, last) = (letters.get(place.start)?, letters.get(place.end.checked_sub(1)?)?);
                    Some(first.at..last.at + 1)
                }));
            }
            if places.len() == before {
                return None;
            }
        }
        Some(joined(places))
    }
}

fn characters(letters: &[Letter]) -> Vec<char> {
    letters.iter().map(|letter| letter.character).collect()
}

/// Where a phrase begins in the first of these runs, as places among the letters.
fn occurrences(phrase: &[Piece], runs: &[Run], letters: &[Letter]) -> Vec<Range<usize>> {
    let (Some((head, tail)), Some(first)) = (phrase.split_first(), runs.first()) else { return Vec::new() };
    if head.kind != first.kind {
        return Vec::new();
    }
    let Some((last, middle)) = tail.split_last() else { return alone(head, *first, letters) };
    let text = characters(first.of(letters));
    let begins = match head.kind {
        Kind::Unspaced => text.ends_with(&head.characters),
        Kind::Word | Kind::Number => text == head.characters,
    };
    let between = runs.get(1..=middle.len()).unwrap_or_default();
    let goes_on = between.len() == middle.len()
        && middle
            .iter()
            .zip(between)
            .all(|(piece, run)| piece.kind == run.kind && piece.characters == characters(run.of(letters)));
    let end = runs.get(middle.len() + 1).filter(|run| run.kind == last.kind);
    match end {
        Some(end) if begins && goes_on && characters(end.of(letters)).starts_with(&last.characters) => {
            std::iter::once(first.end - head.characters.len()..end.start + last.characters.len()).collect()
        }
        _ => Vec::new(),
    }
}

/// Where a phrase of one piece stands in a run.
fn alone(piece: &Piece, run: Run, letters: &[Letter]) -> Vec<Range<usize>> {
    let (text, length) = (characters(run.of(letters)), piece.characters.len());
    match piece.kind {
        Kind::Unspaced => {
            let found = text.windows(length.max(1)).enumerate().filter(|(_, window)| *window == piece.characters);
            found.map(|(at, _)| run.start + at..run.start + at + length).collect()
        }
        Kind::Word | Kind::Number if text.starts_with(&piece.characters) => {
            std::iter::once(run.start..run.start + length).collect()
        }
        Kind::Number if length == ENDING && text.ends_with(&piece.characters) => {
            std::iter::once(run.end - length..run.end).collect()
        }
        Kind::Word | Kind::Number => Vec::new(),
    }
}

/// The places in order, those that touch or overlap as one.
fn joined(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, place.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    joined.truncate(PLACES_MAX);
    joined
}

#[cfg(test)]
mod tests;
