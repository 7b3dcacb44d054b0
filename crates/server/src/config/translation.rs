//! Which service translates messages.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;

/// A translation service, by the interface that it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranslationProvider {
    /// Nobody translates.
    None,
    /// `LibreTranslate`, or what has its interface.
    Libretranslate,
    /// `DeepL`.
    Deepl,
}

/// Translating messages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranslationConfig {
    /// Who translates.
    pub provider: TranslationProvider,
    /// The service's address; empty: that of the key, where the provider has one.
    pub url: String,
    /// The key it asks for; empty: none.
    pub api_key: SecretString,
    /// Seconds until giving up.
    pub timeout_seconds: u64,
    /// The longest text it is given, in characters.
    pub max_characters: usize,
}

impl TranslationConfig {
    /// How long the service may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// What has to hold, of which setting, and what is said when it does not.
    pub(super) fn needs(&self) -> Vec<(bool, &'static str, &'static str)> {
        let Self { provider, url, api_key, timeout_seconds, max_characters } = self;
        if *provider == TranslationProvider::None {
            return Vec::new();
        }
        let is_address = Url::parse(url).is_ok_and(|url| {
            let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
            // What stands behind a question mark would swallow the path that is added.
            is_web && url.query().is_none() && url.fragment().is_none()
        });
        let is_deepl = *provider == TranslationProvider::Deepl;
        vec![
            (is_address || (is_deepl && url.is_empty()), "translation.url", "must be an http or https address"),
            (!is_deepl || !api_key.expose_secret().is_empty(), "translation.api_key", "is needed by deepl"),
            // Anything else cannot stand in a header.
            (
                api_key.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()),
                "translation.api_key",
                "must have no spaces and nothing but ASCII",
            ),
            ((1..=60).contains(timeout_seconds), "translation.timeout_seconds", "must be from 1 to 60"),
            ((1..=5000).contains(max_characters), "translation.max_characters", "must be from 1 to 5000"),
        ]
    }
}

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "the error type of figment's jail")]
mod tests {
    use crate::config::load;
    use figment::Jail;

    #[test]
    fn a_service_needs_an_address_and_deepl_a_key() {
        Jail::expect_with(|jail| {
            jail.set_env("PARLOR_TRANSLATION__PROVIDER", "libretranslate");
            for (url, is_right) in [
                ("", false),
                ("translate.example", false),
                ("ftp://translate.example", false),
                ("http://127.0.0.1:5000/?a=b", false),
                ("http://127.0.0.1:5000", true),
                ("https://translate.example/lt/", true),
            ] {
                jail.set_env("PARLOR_TRANSLATION__URL", url);
                let refused = load(None).err().map(|error| error.to_string()).unwrap_or_default();
                assert_eq!(refused.contains("translation.url: must be an http or https address"), !is_right, "{url}");
            }
            jail.set_env("PARLOR_TRANSLATION__PROVIDER", "deepl");
            jail.set_env("PARLOR_TRANSLATION__URL", "");
            let refused = load(None).unwrap_err().to_string();
            assert!(refused.contains("translation.api_key: is needed by deepl"), "{refused}");
            jail.set_env("PARLOR_TRANSLATION__API_KEY", "two words");
            let refused = load(None).unwrap_err().to_string();
            assert!(refused.contains("translation.api_key: must") && !refused.contains("two words"), "{refused}");
            jail.set_env("PARLOR_TRANSLATION__API_KEY", "key:fx");
            load(None).map_err(|error| error.to_string())?;
            Ok(())
        });
    }

    #[test]
    fn who_translates_is_one_of_three() {
        Jail::expect_with(|jail| {
            jail.set_env("PARLOR_TRANSLATION__PROVIDER", "somebody");
            let refused = load(None).unwrap_err().to_string();
            assert!(refused.contains("translation.provider") && refused.contains("somebody"), "{refused}");
            Ok(())
        });
    }
}
