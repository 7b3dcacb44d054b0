//! The words by which the console's picker finds emoji, in both languages, and what it offers beside the widget's few.

mod food;
mod gestures;
mod hearts;
mod nature;
mod smileys;
mod symbols;
mod things;
mod travel;

use super::{COLUMNS, Section};

/// How many are kept that were picked last: two rows.
const RECENT_MAX: usize = 2 * COLUMNS;

/// The sections, one emoji a line with its words: first the Chinese ones, then the English ones, and of each its name first.
/// Plain text, which is split when it is asked for: in a table each would have the places and lengths of its parts beside it.
const WORDS: [(Section, &str); 8] = [
    (Section::Smileys, smileys::SMILEYS),
    (Section::Gestures, gestures::GESTURES),
    (Section::Hearts, hearts::HEARTS),
    (Section::Things, things::THINGS),
    (Section::Nature, nature::NATURE),
    (Section::Food, food::FOOD),
    (Section::Travel, travel::TRAVEL),
    (Section::Symbols, symbols::SYMBOLS),
];

/// An emoji with its words.
type Entry = (&'static str, &'static str);

fn entries(lines: &'static str) -> impl Iterator<Item = Entry> {
    lines.lines().filter_map(|line| line.split_once(' '))
}

/// The console's sections, each with its emoji.
pub fn console_sections() -> impl Iterator<Item = (Section, Vec<&'static str>)> {
    WORDS.into_iter().map(|(section, lines)| (section, entries(lines).map(|(emoji, _)| emoji).collect()))
}

/// The emoji that every word of `text` is about: Latin words from their beginning, Chinese ones anywhere. Those that have it
/// for a name come first, then those that have it for another word.
#[must_use]
pub fn search(text: &str) -> Vec<&'static str> {
    let text = text.trim().to_lowercase();
    let wanted: Vec<&str> = text.split_whitespace().collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let fits = |words: &str, wanted: &str| {
        words.split(' ').any(|word| if word.is_ascii() { word.starts_with(wanted) } else { word.contains(wanted) })
    };
    let found = WORDS.into_iter().flat_map(|(_, lines)| entries(lines));
    let found = found.filter(|(emoji, words)| *emoji == text || wanted.iter().all(|wanted| fits(words, wanted)));
    let mut found: Vec<Entry> = found.collect();
    found.sort_by_key(|(_, words)| distance(words, &text));
    found.into_iter().map(|(emoji, _)| emoji).collect()
}

/// How far an emoji's words are from what is searched for: one of its names is that, another word is, or none.
fn distance(words: &str, text: &str) -> u8 {
    let mut names = words.split(' ').take(1).chain(words.split(' ').find(|word| word.is_ascii()));
    if names.any(|name| name == text) {
        0
    } else if words.split(' ').any(|word| word == text) {
        1
    } else {
        2
    }
}

/// The emoji that were picked last, as they were kept; those that are not offered any more are left out.
#[must_use]
pub fn recent(kept: &str) -> Vec<&'static str> {
    let offered =
        |kept: &str| WORDS.into_iter().flat_map(|(_, lines)| entries(lines)).find(|(emoji, _)| *emoji == kept);
    let mut recent = Vec::new();
    for (emoji, _) in kept.split_whitespace().filter_map(offered) {
        if !recent.contains(&emoji) {
            recent.push(emoji);
        }
    }
    recent.truncate(RECENT_MAX);
    recent
}

/// What is to be kept after one more was picked.
#[must_use]
pub fn remember(recent: &[&'static str], picked: &'static str) -> String {
    let before = recent.iter().copied().filter(|emoji| *emoji != picked);
    std::iter::once(picked).chain(before).take(RECENT_MAX).collect::<Vec<_>>().join(" ")
}

/// Where an arrow key leads from `at`, in sections of these lengths one below the other, each in rows of [`COLUMNS`]; nothing
/// for other keys, and for "up" in the first row.
#[must_use]
pub fn walk(sections: &[usize], at: usize, key: &str) -> Option<usize> {
    let mut rows = Vec::new();
    let mut from = 0_usize;
    for length in sections {
        let end = from.saturating_add(*length);
        while from < end {
            let next = from.saturating_add(COLUMNS).min(end);
            rows.push(from..next);
            from = next;
        }
    }
    let last = from.checked_sub(1)?;
    let row = rows.iter().position(|row| row.contains(&at))?;
    let column = at.saturating_sub(rows.get(row)?.start);
    let beside = |row: usize| {
        let row = rows.get(row)?;
        Some(row.start.saturating_add(column).min(row.end.saturating_sub(1)))
    };
    match key {
        "ArrowRight" => Some(at.saturating_add(1).min(last)),
        "ArrowLeft" => Some(at.saturating_sub(1)),
        "ArrowDown" => beside(row.saturating_add(1)).or(Some(at)),
        "ArrowUp" => row.checked_sub(1).and_then(beside),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn words() -> impl Iterator<Item = Entry> {
        WORDS.into_iter().flat_map(|(_, lines)| entries(lines))
    }

    #[test]
    fn every_line_is_an_emoji_with_words_in_both_languages() {
        let lines: usize = WORDS.into_iter().map(|(_, lines)| lines.lines().count()).sum();
        assert_eq!(words().count(), lines);
        for (emoji, words) in words() {
            assert!(!emoji.is_ascii(), "{emoji}");
            let words: Vec<&str> = words.split(' ').collect();
            let chinese = words.iter().take_while(|word| !word.is_ascii()).count();
            assert!(chinese > 0, "{emoji} in Chinese");
            assert!(chinese < words.len(), "{emoji} in English");
            assert!(words[chinese..].iter().all(|word| word.is_ascii()), "{emoji}: the Chinese words stand first");
            assert!(words.iter().all(|word| !word.is_empty() && *word == word.to_lowercase()), "{emoji}");
            assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len(), "{emoji} has a word twice");
        }
    }

    #[test]
    fn the_sections_hold_the_widgets_fill_whole_rows_and_nothing_is_there_twice() {
        let console: Vec<_> = console_sections().collect();
        for ((section, emoji), (beside, offered)) in super::super::sections().zip(&console) {
            assert_eq!(section, *beside);
            for emoji in emoji {
                assert!(offered.contains(&emoji), "{emoji}");
            }
        }
        assert!(console.iter().all(|(_, emoji)| emoji.len() % COLUMNS == 0), "whole rows");
        // An emoji with and without the sign for "as a picture" is one and the same.
        let plain: BTreeSet<String> = words().map(|(emoji, _)| emoji.replace('\u{fe0f}', "")).collect();
        assert_eq!(plain.len(), words().count(), "none is there twice");
    }

    #[test]
    fn emoji_are_found_by_words_of_either_language() {
        for (text, first) in [
            ("谢", "🙏"),
            ("谢谢", "🙏"),
            ("发票", "🧾"),
            ("thank", "🙏"),
            ("Heart", "❤️"),
            ("thumbs down", "👎"),
            ("down thumbs", "👎"),
            (" 快递 ", "📦"),
            ("🎉", "🎉"),
            ("angry", "😡"),
            ("生气", "😡"),
            ("rocket", "🚀"),
            ("火箭", "🚀"),
            ("eyes", "👀"),
            ("眼睛", "👀"),
            ("cake", "🎂"),
            ("蛋糕", "🎂"),
            ("白眼", "🙄"),
            ("庆祝", "🎉"),
            ("dog", "🐶"),
            ("ok", "👌"),
            ("1", "1️⃣"),
        ] {
            assert_eq!(search(text).first().copied(), Some(first), "{text}");
        }
        assert!(search("ank").is_empty(), "Latin words from their beginning");
        assert!(search("").is_empty() && search("  ").is_empty() && search("没有这个").is_empty());
    }

    #[test]
    fn a_name_comes_before_another_word_and_a_whole_word_before_a_part() {
        assert_eq!(search("red"), ["🔴", "❤️", "🧧", "🚩"]);
        assert_eq!(search("hot")[..3], ["🥵", "🔥", "🍲"], "the hotpot last");
        assert_eq!(search("爱")[..2], ["❤️", "🥰"], "the name, though it stands in a later section");
    }

    #[test]
    fn what_was_picked_last_comes_first_and_once() {
        let kept = remember(&recent("😀 👍 ?? 😀"), "👍");
        assert_eq!(kept, "👍 😀");
        let many: Vec<&str> = console_sections().flat_map(|(_, emoji)| emoji).collect();
        let mut kept = String::new();
        for emoji in &many {
            kept = remember(&recent(&kept), emoji);
        }
        let last: Vec<&str> = many.iter().rev().take(RECENT_MAX).copied().collect();
        assert_eq!(recent(&kept), last);
    }

    #[test]
    fn arrows_go_through_rows_of_any_length_and_leave_at_the_top_only() {
        // Three picked last, then two whole rows.
        let sections = [3, 16];
        assert_eq!(walk(&sections, 1, "ArrowDown"), Some(4));
        assert_eq!(walk(&sections, 8, "ArrowUp"), Some(2), "the shorter row ends before");
        assert_eq!(walk(&sections, 1, "ArrowUp"), None);
        assert_eq!(walk(&sections, 18, "ArrowRight"), Some(18));
        assert_eq!(walk(&sections, 18, "ArrowDown"), Some(18));
        assert_eq!(
            [walk(&sections, 9, "Home"), walk(&sections, 9, "End"), walk(&sections, 9, "a")],
            [Some(0), Some(18), None]
        );
        assert_eq!(walk(&[], 0, "ArrowDown"), None);
        for at in 0..19 {
            for key in ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"] {
                assert!(walk(&sections, at, key).is_none_or(|to| to < 19));
            }
        }
    }
}
