//! Translating what was said.

use crate::error::FieldError;
use crate::validate::Validate;
use serde::{Deserialize, Serialize};

macro_rules! languages {
    ($($(#[$doc:meta])* $variant:ident = $tag:tt,)*) => {
        /// A language that is translated into. The list is closed: it holds what the services that can be asked have in common.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Language { $($(#[$doc])* #[serde(rename = $tag)] $variant,)* }

        impl Language {
            /// Every language, those first that most ask for.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its tag (BCP 47), as on the wire.
            #[must_use]
            pub fn tag(self) -> &'static str {
                match self { $(Self::$variant => $tag,)* }
            }
        }
    };
}

languages! {
    /// Chinese in simplified characters.
    SimplifiedChinese = "zh-CN",
    /// Chinese in traditional characters.
    TraditionalChinese = "zh-TW",
    /// English.
    English = "en",
    /// Japanese.
    Japanese = "ja",
    /// Korean.
    Korean = "ko",
    /// French.
    French = "fr",
    /// German.
    German = "de",
    /// Spanish.
    Spanish = "es",
    /// Portuguese.
    Portuguese = "pt",
    /// Italian.
    Italian = "it",
    /// Dutch.
    Dutch = "nl",
    /// Polish.
    Polish = "pl",
    /// Russian.
    Russian = "ru",
    /// Ukrainian.
    Ukrainian = "uk",
    /// Turkish.
    Turkish = "tr",
    /// Arabic.
    Arabic = "ar",
    /// Indonesian.
    Indonesian = "id",
    /// Thai.
    Thai = "th",
    /// Vietnamese.
    Vietnamese = "vi",
}

impl Language {
    /// The language of this tag.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|language| language.tag() == tag)
    }
}

/// Asks for a message in another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TranslateMessage {
    /// The language to translate into.
    pub language: Language,
}

impl Validate for TranslateMessage {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A message in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Translation {
    /// The language it was translated into.
    pub language: Language,
    /// The language it was written in (BCP 47), as the translation service believes; `null` where it does not say.
    pub detected_language: Option<String>,
    /// The translation: plain text, never interpreted as markup.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_its_tag() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(*language));
            assert_eq!(serde_json::to_string(language).unwrap(), format!("\"{}\"", language.tag()));
        }
        assert_eq!(Language::from_tag("tlh"), None);
        assert!(serde_json::from_str::<TranslateMessage>(r#"{"language":"zh"}"#).is_err());
    }
}
