//! A person's picture: the one that they have chosen, or the initial, or a short number, on a colour of their own.

use leptos::{prelude::*, text_prop::TextProp};
use types::agents::avatar_path;
use types::id::AvatarId;

/// How many colours there are; `avatar.css` has a class for each.
const TONES: u32 = 8;

/// How large an avatar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvatarSize {
    /// In a line of text or beside a message.
    Small,
    /// In lists.
    #[default]
    Medium,
    /// At the head of a panel.
    Large,
}

/// A person's picture. Decoration: their name stands beside it.
#[component]
pub fn Avatar(
    /// Their name; its first character is shown, of a number of two digits both.
    #[prop(into)]
    name: TextProp,
    /// What the colour follows, such as the id, so that it stays when the name changes. Numbers that follow each other have
    /// different colours.
    #[prop(into)]
    seed: String,
    /// How large it is.
    #[prop(optional)]
    size: AvatarSize,
    /// What they have chosen.
    #[prop(optional)]
    picture: Option<Memo<Option<AvatarId>>>,
) -> impl IntoView {
    let size = match size {
        AvatarSize::Small => "small",
        AvatarSize::Medium => "medium",
        AvatarSize::Large => "large",
    };
    let pictured = if picture.is_some() { " avatar--pictured" } else { "" };
    view! {
        <span class=format!("avatar avatar--{size} avatar--tone-{}{pictured}", tone(&seed)) aria-hidden="true">
            {move || initial(&name.get())}
            // Above the initial, which is seen until it is there, and where it cannot be fetched.
            {picture.map(|picture| move || picture.get().map(|id| view! {
                <img class="avatar__picture" src=avatar_path(id) alt="" draggable="false" />
            }))}
        </span>
    }
}

/// The first character, as it stands for a name: upper case, no space, a person's silhouette of a letter for nobody.
fn initial(name: &str) -> String {
    if (1..=2).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return name.to_owned();
    }
    name.chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().to_string())
}

/// A number in turn, anything else by FNV-1a: stable across sessions and devices.
fn tone(seed: &str) -> u32 {
    if let Ok(number) = seed.parse::<u32>() {
        return number % TONES;
    }
    seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % TONES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_is_the_first_letter_or_sign() {
        for (name, expected) in
            [("张三", "张"), ("  wang", "W"), ("#7", "7"), ("42", "42"), ("142", "1"), ("…", "·"), ("", "·")]
        {
            assert_eq!(initial(name), expected, "{name}");
        }
    }

    #[test]
    fn the_colour_is_stable_and_every_colour_is_used() {
        assert_eq!(tone("a"), tone("a"));
        assert_eq!(["7", "8", "9"].map(tone), [7, 0, 1]);
        let used: std::collections::HashSet<u32> = (0..200).map(|n| tone(&format!("seed {n}"))).collect();
        assert_eq!(used.len(), usize::try_from(TONES).unwrap());
        let css = include_str!("avatar.css");
        for tone in 0..TONES {
            assert!(css.contains(&format!(".avatar--tone-{tone} ")), "tone {tone} has no colour");
        }
    }
}
