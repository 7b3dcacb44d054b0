//! What can be said about a text without showing it: initials, length. Its links are in [`client::links`].

/// One or two characters that stand for a name: the first of a Chinese name, the initials of others. The style sheet makes
/// them capitals.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back().filter(|last| last.is_ascii() && first.is_some_and(|first| first.is_ascii()));
    first.into_iter().chain(last).collect()
}

/// Cuts a text to at most `max` characters.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

/// The last `max` characters of a text.
#[must_use]
pub fn tail(text: &str, max: usize) -> &str {
    let from = max.checked_sub(1).and_then(|last| text.char_indices().nth_back(last)).map_or(0, |(at, _)| at);
    text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_fit_the_script() {
        for (name, expected) in
            [("王小明", "王"), ("ada lovelace", "al"), ("Ada King Noel", "AN"), ("", ""), ("  ", ""), ("李 Ming", "李")]
        {
            assert_eq!(initials(name), expected);
        }
    }

    #[test]
    fn a_cut_counts_characters() {
        assert_eq!(cut("客厅😀abc", 3), "客厅😀");
        assert_eq!([tail("客厅😀abc", 4), tail("客厅", 4), tail("", 4)], ["😀abc", "客厅", ""]);
    }
}
