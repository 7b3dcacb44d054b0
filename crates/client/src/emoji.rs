//! The emoji that the pickers offer: the ones people use in conversations between a company and its customers, in rows of
//! eight.

#[cfg(feature = "console")]
mod words;

#[cfg(feature = "console")]
pub use words::{console_sections, recent, remember, search, walk};

/// How many stand in one row; the style sheets of both pickers have the same.
pub const COLUMNS: usize = 8;

/// What a section's emoji have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Faces.
    Smileys,
    /// Hands and people.
    Gestures,
    /// Hearts, flowers and feasts.
    Hearts,
    /// Signs and things.
    Things,
    /// Animals and weather; in the console only, as the rest.
    Nature,
    /// What one eats and drinks.
    Food,
    /// Ways, places, pastimes.
    Travel,
    /// Marks, arrows, numbers, colours, flags.
    Symbols,
}

/// The sections with their emoji, separated by white space. Every section fills whole rows, so that up and down are one row
/// away everywhere.
const PALETTE: [(Section, &str); 4] = [
    (
        Section::Smileys,
        "😀 😄 😁 😅 😂 🤣 🙂 😉 \
         😊 😇 🥰 😍 😘 😋 😎 🤔 \
         😐 😴 😢 😭 😤 😱 🥺 😷",
    ),
    (
        Section::Gestures,
        "👍 👎 👌 ✌️ 🤞 🤝 👏 🙌 \
         🙏 💪 👋 ✋ 👆 👇 👈 👉 \
         🫡 🤗 🙋 🙇 🤷 🤦 💁 🏃",
    ),
    (
        Section::Hearts,
        "❤️ 🧡 💛 💚 💙 💜 🖤 🤍 \
         💔 💕 💯 ✨ 🔥 ⭐ 🌟 🎉 \
         🎊 🎁 🎈 🌹 🌸 🌻 🍀 ☀️",
    ),
    (
        Section::Things,
        "✅ ❌ ⚠️ ❓ ❗ 💡 📌 📎 \
         📞 📱 💻 📧 📦 🚚 🛒 💰 \
         💳 🧾 📅 ⏰ 📷 🔧 ☕ 🏠",
    ),
];

/// The sections, each with its emoji.
pub fn sections() -> impl Iterator<Item = (Section, impl Iterator<Item = &'static str>)> {
    PALETTE.into_iter().map(|(section, emoji)| (section, emoji.split_ascii_whitespace()))
}

/// Every emoji, section after section.
pub fn all() -> impl Iterator<Item = &'static str> {
    PALETTE.into_iter().flat_map(|(_, emoji)| emoji.split_ascii_whitespace())
}

/// Where an arrow key leads from `at` in a grid of `count`; nothing for other keys. Stays inside the grid.
#[must_use]
pub fn step(at: usize, key: &str, count: usize) -> Option<usize> {
    let last = count.saturating_sub(1);
    let to = match key {
        "ArrowRight" => at.saturating_add(1),
        "ArrowLeft" => at.saturating_sub(1),
        "ArrowDown" => at.saturating_add(COLUMNS),
        "ArrowUp" => at.checked_sub(COLUMNS).unwrap_or(at),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(if to > last { at } else { to })
}

/// Whether a text is one to three emoji and nothing else, which both clients show large.
#[must_use]
pub fn is_emoji_only(text: &str) -> bool {
    // What makes one picture of several signs, or a picture of a sign: joiner, variation selector, keycap, tones of skin.
    let is_joint = |c: char| matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}');
    let is_picture = |c: char| matches!(c, '\u{231a}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b1b}'..='\u{2b55}' | '\u{1f004}'..='\u{1faff}');
    let mut pictures = 0_usize;
    let mut signs = text.trim().chars().peekable();
    while let Some(sign) = signs.next() {
        if is_picture(sign) && !is_joint(sign) || signs.peek() == Some(&'\u{fe0f}') {
            pictures = pictures.saturating_add(1);
        } else if !is_joint(sign) {
            return false;
        }
    }
    (1..=3).contains(&pictures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sections_fill_whole_rows_and_nothing_is_there_twice() {
        assert!(sections().all(|(_, emoji)| emoji.count() % COLUMNS == 0));
        assert_eq!(all().collect::<BTreeSet<_>>().len(), all().count());
        assert_eq!(sections().flat_map(|(_, emoji)| emoji).count(), all().count());
        assert!(all().all(|emoji| !emoji.is_ascii()));
    }

    #[test]
    fn a_few_emoji_alone_are_large() {
        for (text, expected) in [
            ("👍", true),
            ("👩‍💻👋🏽", true),
            ("❤️", true),
            ("⏰1️⃣↔️", true),
            ("→", false),
            ("\u{fe0f}", false),
            ("😀😀😀😀", false),
            ("ok 👍", false),
            ("", false),
            ("1", false),
        ] {
            assert_eq!(is_emoji_only(text), expected, "{text}");
        }
        assert_eq!(all().find(|emoji| !is_emoji_only(emoji)), None, "every one that is offered");
    }

    #[test]
    fn arrows_stay_inside() {
        let count = all().count();
        for at in 0..count {
            for key in ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"] {
                assert!(step(at, key, count).unwrap() < count);
            }
        }
        assert_eq!(step(3, "a", count), None);
        assert_eq!(step(3, "ArrowDown", count), Some(11));
    }
}
