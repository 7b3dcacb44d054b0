//! The emoji that the picker offers: the ones people use when they write to a company, in rows of eight.

/// How many stand in one row.
pub const COLUMNS: usize = 8;

/// The picker's contents, separated by spaces.
const PALETTE: &str = "😀 😄 😁 😂 🤣 😊 😉 😍 \
    🥰 😘 😋 😎 🤩 🥳 🤗 🤔 \
    😐 😅 😓 😢 😭 😤 😡 😱 \
    😴 😷 🤒 🤢 🙄 😏 😬 🤯 \
    👍 👎 👌 👏 🙏 🤝 💪 👋 \
    ✌️ 👀 🙌 🤷 ❤️ 💔 💯 ✨ \
    🎉 🎁 🌹 🌸 ☀️ 🌙 ⭐ 🔥 \
    ✅ ❌ ❓ ❗ 📷 📦 🚚 💰";

/// Every emoji of the picker.
pub fn all() -> impl Iterator<Item = &'static str> {
    PALETTE.split_ascii_whitespace()
}

/// Where an arrow key leads from `at`; nothing for other keys. Stays inside the grid.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_grid_is_full_and_has_no_twins() {
        let count = all().count();
        assert_eq!(count % COLUMNS, 0);
        assert_eq!(all().collect::<BTreeSet<_>>().len(), count);
        assert!(all().all(|emoji| !emoji.is_ascii()));
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
