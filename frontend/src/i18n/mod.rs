//! Languages: every text of the console in Chinese and in English.
//!
//! A text is a row of `texts!` and becomes a method of [`Lang`]; a row without one of the languages does not compile, so
//! the translation is complete by construction. Views read texts with `t!`, which follows the language live.

pub mod errors;
pub mod format;
mod macros;
mod texts;

pub(crate) use macros::{t, texts};

use leptos::prelude::*;
use types::legal::LegalPage;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Simplified Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order of menus.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The BCP 47 tag: the page's `lang` attribute, the stored preference and what the server is asked with.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// Names in a sentence.
    pub fn listed(self, names: &[String]) -> String {
        names.join(match self {
            Self::Zh => "、",
            Self::En => ", ",
        })
    }

    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "简体中文",
            Self::En => "English",
        }
    }

    /// A kind of device as the server names it; one that it has learnt since keeps its name.
    pub fn device_kind(self, kind: &str) -> &str {
        match (self, kind) {
            (Self::Zh, "PC") => "电脑",
            (Self::Zh, "Mobile") => "手机",
            (Self::Zh, "Tablet") => "平板",
            (Self::Zh, "Bot") => "机器人",
            (_, other) => other,
        }
    }

    /// So many unread messages, in words; beyond what a badge counts they are many.
    pub fn unread_in_words(self, count: i64) -> String {
        if count > 99 { self.unread_many().to_owned() } else { self.unread_total(count) }
    }

    /// The title of a legal page.
    pub fn legal_page(self, page: LegalPage) -> &'static str {
        match page {
            LegalPage::UserAgreement => self.user_agreement(),
            LegalPage::ServiceAgreement => self.service_agreement(),
            LegalPage::PrivacyPolicy => self.privacy_policy(),
        }
    }
}

thread_local! {
    // One page has one language, and formatting asks for it far from any view: a signal of the thread, not a context.
    static LANG: ArcRwSignal<Lang> = ArcRwSignal::new(Lang::default());
}

/// The language, followed by whatever view or effect reads it.
pub fn lang() -> Lang {
    LANG.with(ArcRwSignal::get)
}

/// The language at this moment, for event handlers.
pub fn lang_now() -> Lang {
    LANG.with(ArcRwSignal::get_untracked)
}

/// Switches the language; whoever follows [`lang`] is told.
pub fn switch(lang: Lang) {
    LANG.with(|signal| {
        if signal.get_untracked() != lang {
            signal.set(lang);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_its_language_and_nothing_else() {
        for lang in Lang::ALL {
            assert_eq!(Lang::from_tag(lang.tag()), Some(lang));
        }
        assert_eq!(Lang::from_tag("de"), None);
    }

    #[test]
    fn devices_are_named_in_the_persons_language() {
        assert_eq!(["Mobile", "Tablet", "Fridge"].map(|kind| Lang::Zh.device_kind(kind)), ["手机", "平板", "Fridge"]);
        assert_eq!(Lang::En.device_kind("Mobile"), "Mobile");
    }

    #[test]
    fn english_counts_one_thing_as_one() {
        assert_eq!([0, 1, 2].map(|count| Lang::En.delete_contacts(count)), ["0 visitors", "1 visitor", "2 visitors"]);
        assert_eq!(Lang::En.unread_in_words(1), "1 unread message");
        assert_eq!(Lang::En.unread_in_words(100), "More than 99 unread messages");
        assert_eq!(Lang::En.characters_over(1), "1 character too many");
        assert_eq!(Lang::Zh.delete_contacts(1), "1 位访客");
    }

    #[test]
    fn whoever_follows_the_language_hears_of_a_switch() {
        let text = t!(sign_in);
        assert_eq!(text(), "登录");
        switch(Lang::En);
        assert_eq!(text(), "Sign in");
    }
}
