//! Language, theme, which key sends, and what messages are translated into: of this browser, not of the account.

use super::storage::{self, Key};
use super::translations::interface_language;
use crate::i18n::{self, Lang};
use crate::ui::effect;
use leptos::prelude::*;
use types::translation::Language;

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

/// Which key sends what has been written. The other one breaks the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SendKey {
    /// Ctrl+Enter, or ⌘+Enter.
    #[default]
    CtrlEnter,
    /// Enter alone.
    Enter,
}

/// What Enter does in a text that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enter {
    /// Sends.
    Send,
    /// Breaks the line where the field does not do so by itself.
    Break,
    /// The field breaks the line by itself.
    Native,
}

impl SendKey {
    /// Every choice, in the order of the settings.
    pub const ALL: [Self; 2] = [Self::CtrlEnter, Self::Enter];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CtrlEnter => "ctrl_enter",
            Self::Enter => "enter",
        }
    }

    /// The choice of this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }

    /// What Enter does with Ctrl (or ⌘) held or not, and with Shift, which breaks the line whatever is chosen.
    pub fn meaning(self, ctrl: bool, shift: bool) -> Enter {
        match (self, ctrl, shift) {
            (_, _, true) => Enter::Native,
            (Self::CtrlEnter, true, _) | (Self::Enter, false, _) => Enter::Send,
            (Self::Enter, true, _) => Enter::Break,
            (Self::CtrlEnter, false, _) => Enter::Native,
        }
    }
}

/// What this browser prefers. `Copy`; get it by [`use_preferences`].
#[derive(Clone, Copy)]
pub struct Preferences {
    theme: RwSignal<Theme>,
    send_key: RwSignal<SendKey>,
    /// `None`: the interface's.
    translate_into: RwSignal<Option<Language>>,
}

impl Preferences {
    /// Takes up what was chosen last time, and keeps the document's `lang` and `data-theme` in step.
    pub fn provide() {
        let theme = storage::read(Key::Theme).and_then(|text| Theme::parse(&text)).unwrap_or_default();
        if let Some(lang) = storage::read(Key::Language).and_then(|tag| Lang::from_tag(&tag)) {
            i18n::switch(lang);
        }
        let send_key = storage::read(Key::SendKey).and_then(|text| SendKey::parse(&text)).unwrap_or_default();
        let translate_into = storage::read(Key::TranslateInto).and_then(|tag| Language::from_tag(&tag));
        let preferences = Self {
            theme: RwSignal::new(theme),
            send_key: RwSignal::new(send_key),
            translate_into: RwSignal::new(translate_into),
        };
        provide_context(preferences);
        effect(move || {
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

    /// Which key sends.
    pub fn send_key(self) -> SendKey {
        self.send_key.get()
    }

    /// Chooses which key sends.
    pub fn set_send_key(self, key: SendKey) {
        storage::write(Key::SendKey, Some(key.as_str()));
        self.send_key.set(key);
    }

    /// The language that messages are translated into, at this moment.
    pub fn translate_into(self) -> Language {
        self.translate_into.get_untracked().unwrap_or_else(interface_language)
    }

    /// The one that was chosen for it, where it is not the interface's.
    pub fn chosen_translation(self) -> Option<Language> {
        self.translate_into.get()
    }

    /// Chooses it; nothing for the interface's.
    pub fn set_translate_into(self, language: Option<Language>) {
        storage::write(Key::TranslateInto, language.map(Language::tag));
        self.translate_into.set(language);
    }

    /// Chooses a language.
    pub fn set_language(self, lang: Lang) {
        storage::write(Key::Language, Some(lang.tag()));
        i18n::switch(lang);
    }
}

/// What this browser prefers.
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
        for key in SendKey::ALL {
            assert_eq!(SendKey::parse(key.as_str()), Some(key));
        }
    }

    #[test]
    fn one_enter_sends_and_the_other_breaks_the_line() {
        let meanings = |key: SendKey| {
            [(false, false), (true, false), (false, true), (true, true)].map(|(ctrl, shift)| key.meaning(ctrl, shift))
        };
        assert_eq!(meanings(SendKey::CtrlEnter), [Enter::Native, Enter::Send, Enter::Native, Enter::Native]);
        assert_eq!(meanings(SendKey::Enter), [Enter::Send, Enter::Break, Enter::Native, Enter::Native]);
    }
}
