//! Whether a new password is one that an attacker who knows the account would try first.

/// Different characters that a password must have: `11111111` and `abababab` are no secrets.
const DIFFERENT_MIN: usize = 4;

/// Characters that must be left of a password without the words of its account.
const REST_MIN: usize = 6;

/// Shortest word that is looked for: shorter ones are in passwords by accident.
const WORD_MIN: usize = 3;

/// Words that every account of this product shares.
const OURS: [&str; 6] = ["parlor", "客厅", "password", "密码", "kefu", "客服"];

/// Whether `password` says little beyond `words`: what the account, its person and its organisation are called.
///
/// Each word is taken out in turn, whatever its case; what remains must still be `REST_MIN` characters. A long password
/// may therefore contain a name.
#[must_use]
pub fn is_guessable(password: &str, words: &[&str]) -> bool {
    let mut rest = password.to_lowercase();
    let mut different: Vec<char> = rest.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT_MIN {
        return true;
    }
    let mut words: Vec<String> = words.iter().flat_map(|words| parts(words)).collect();
    words.extend(OURS.map(str::to_owned));
    // The longest first, so that a part does not break up the whole.
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let length = rest.chars().count();
    for word in words {
        rest = rest.replace(&word, "");
    }
    let left = rest.chars().count();
    left < length && left < REST_MIN
}

/// The text as a whole, and what stands between its signs: `zhang.san@example.com` is also `zhang` and `example`.
fn parts(text: &str) -> impl Iterator<Item = String> {
    let text = text.trim().to_lowercase();
    let pieces: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    let long_enough = |word: &String| {
        let least = if word.is_ascii() { WORD_MIN } else { WORD_MIN - 1 };
        word.chars().count() >= least
    };
    std::iter::once(text).chain(pieces).filter(long_enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 5] = ["Zhang.San", "zhang.san@example.com", "13800138000", "客厅科技", "张三"];

    #[test]
    fn what_is_made_of_the_accounts_words_is_guessable() {
        for password in [
            "zhang.san",
            "ZhangSan1",
            "zhang123",
            "13800138000",
            "a13800138000",
            "客厅科技2026",
            "张三张三张三1",
            "example2026",
            "Parlor2026",
            "parlorparlor",
            "aaaaaaaaaaaaaaaa",
            "12121212",
        ] {
            assert!(is_guessable(password, &WORDS), "{password}");
        }
    }

    #[test]
    fn a_password_may_contain_a_word_and_need_not_contain_signs() {
        for password in
            ["correct horse battery", "zhang likes green tea", "lampvioletharbour", "83920175", "tea-zhang-47-boat"]
        {
            assert!(!is_guessable(password, &WORDS), "{password}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_no_word_makes_a_long_random_rest_guessable(
            words in prop::collection::vec(".{0,40}", 0..6),
            password in ".{0,128}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let _verdict = is_guessable(&password, &words);
            prop_assert!(!is_guessable("q8#Zt!v2 @Lw5", &[]));
        }
    }
}
