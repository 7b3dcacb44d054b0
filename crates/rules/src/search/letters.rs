//! A text as search sees it: without differences of case, width, accents and presentation, and in runs of one kind.

use std::ops::Range;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// A character as search sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) character: char,
    /// Which character of the text it comes from.
    pub(super) at: usize,
}

/// How a run is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Scripts that put no spaces between words, and Korean, whose words take endings: any part of it may be looked for.
    Unspaced,
    /// A word: looked for by its beginning.
    Word,
    /// Digits: looked for by the beginning, or by the end.
    Number,
}

/// Consecutive letters of one kind, by their places among the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Run {
    pub(super) fn of(self, letters: &[Letter]) -> &[Letter] {
        letters.get(Range { start: self.start, end: self.end }).unwrap_or_default()
    }
}

/// The text's characters as search sees them: compatibility forms are taken apart (Unicode's NFKD: full width becomes half,
/// ligatures become letters), accents and what has no width go, capitals become small. Kana and Hangul stay as they are: there
/// the mark makes another letter.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(text.len());
    for (at, character) in text.chars().enumerate() {
        if is_syllable(character) {
            letters.push(Letter { character, at });
            continue;
        }
        decompose_compatible(character, |part| {
            if !is_combining_mark(part) && !is_invisible(part) {
                letters.extend(part.to_lowercase().map(|character| Letter { character, at }));
            }
        });
    }
    letters
}

/// The runs of letters and digits; what lies between them is not searched.
pub(super) fn runs(letters: &[Letter]) -> impl Iterator<Item = Run> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let kind_at = |at: usize| letters.get(at).map(|letter| kind(letter.character));
        while kind_at(at) == Some(None) {
            at += 1;
        }
        let (start, kind) = (at, kind_at(at)??);
        while kind_at(at) == Some(Some(kind)) {
            at += 1;
        }
        Some(Run { kind, start, end: at })
    })
}

fn kind(character: char) -> Option<Kind> {
    if is_unspaced(character) {
        Some(Kind::Unspaced)
    } else if character.is_numeric() {
        Some(Kind::Number)
    } else if character.is_alphabetic() {
        Some(Kind::Word)
    } else {
        None
    }
}

/// Kana and Hangul syllables.
fn is_syllable(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_unspaced(character: char) -> bool {
    let listed = matches!(character,
        // Thai, Lao, Myanmar, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        // Iteration marks and the zero of Chinese, kana with the mark of long vowels, bopomofo.
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3105}'..='\u{312f}'
        | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        // Han characters.
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
        // Hangul.
        | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7ff}');
    listed && character.is_alphanumeric()
}
