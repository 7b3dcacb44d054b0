//! Language and theme: of this browser, not of the account.

use super::storage::{self, Key};
use crate::i18n::{self, Lang};
use leptos::prelude::*;

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order of menus.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// As stored, and as the page's `data-theme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// Language and theme. `Copy`; get it by [`use_preferences`].
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
}

impl Preferences {
    /// Takes up what was chosen last time, and keeps the document's `lang` and `data-theme` in step.
    pub fn provide() {
        let theme = storage::read(Key::Theme).and_then(|text| Theme::parse(&text)).unwrap_or_default();
        if let Some(lang) = storage::read(Key::Language).and_then(|tag| Lang::from_tag(&tag)) {
            i18n::switch(lang);
        }
        let preferences = Self { theme: RwSignal::new(theme) };
        provide_context(preferences);
        Effect::new(move || {
            let Some(root) = document().document_element() else { return };
            // Setting an attribute with a valid name does not fail.
            drop(root.set_attribute("lang", i18n::lang().tag()));
            match preferences.theme.get() {
                Theme::System => drop(root.remove_attribute("data-theme")),
                theme => drop(root.set_attribute("data-theme", theme.as_str())),
            }
        });
    }

    /// The theme chosen.
    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    /// Chooses a theme.
    pub fn set_theme(self, theme: Theme) {
        storage::write(Key::Theme, Some(theme.as_str()));
        self.theme.set(theme);
    }

    /// Chooses a language.
    pub fn set_language(self, lang: Lang) {
        storage::write(Key::Language, Some(lang.tag()));
        i18n::switch(lang);
    }
}

/// Language and theme.
pub fn use_preferences() -> Preferences {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_survives_storage() {
        for theme in Theme::ALL {
            assert_eq!(Theme::parse(theme.as_str()), Some(theme));
        }
        assert_eq!(Theme::parse("sepia"), None);
    }
}
