//! `DeepL`: `POST /v2/translate`.

use super::{BadAddress, Provider, Translated, address_of};
use crate::config::TranslationConfig;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use types::translation::Language;

/// Where keys of the free plan, which end in `:fx`, are taken.
const FREE: &str = "https://api-free.deepl.com";
/// Where all others are.
const PAID: &str = "https://api.deepl.com";

/// `DeepL`, or what stands between it and us.
pub struct DeepL {
    url: Url,
    api_key: SecretString,
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    text: [&'a str; 1],
    target_lang: &'a str,
}

#[derive(Debug, Deserialize)]
struct Answer {
    translations: Vec<One>,
}

#[derive(Debug, Deserialize)]
struct One {
    text: String,
    #[serde(default)]
    detected_source_language: Option<String>,
}

impl DeepL {
    /// The service that the settings name.
    pub(super) fn new(config: &TranslationConfig) -> Result<Self, BadAddress> {
        let base = match config.url.as_str() {
            "" if config.api_key.expose_secret().ends_with(":fx") => FREE,
            "" => PAID,
            given => given,
        };
        Ok(Self { url: address_of(base, "/v2/translate")?, api_key: config.api_key.clone() })
    }
}

impl Provider for DeepL {
    fn request(&self, client: &Client, text: &str, language: Language) -> RequestBuilder {
        let asked = Asked { text: [text], target_lang: code(language) };
        let request = client.post(self.url.clone()).json(&asked);
        match HeaderValue::try_from(format!("DeepL-Auth-Key {}", self.api_key.expose_secret())) {
            Ok(mut key) => {
                key.set_sensitive(true);
                request.header(AUTHORIZATION, key)
            }
            // The settings are checked for it at the start.
            Err(_no_header) => request,
        }
    }

    fn read(&self, body: &[u8]) -> Option<Translated> {
        let Answer { translations } = serde_json::from_slice(body).ok()?;
        let One { text, detected_source_language } = translations.into_iter().next()?;
        Some(Translated { text, from: detected_source_language.map(|code| code.to_ascii_lowercase()) })
    }
}

/// Its names of the languages.
fn code(language: Language) -> &'static str {
    match language {
        Language::SimplifiedChinese => "ZH-HANS",
        Language::TraditionalChinese => "ZH-HANT",
        Language::English => "EN-US",
        Language::Japanese => "JA",
        Language::Korean => "KO",
        Language::French => "FR",
        Language::German => "DE",
        Language::Spanish => "ES",
        Language::Portuguese => "PT-PT",
        Language::Italian => "IT",
        Language::Dutch => "NL",
        Language::Polish => "PL",
        Language::Russian => "RU",
        Language::Ukrainian => "UK",
        Language::Turkish => "TR",
        Language::Arabic => "AR",
        Language::Indonesian => "ID",
        Language::Thai => "TH",
        Language::Vietnamese => "VI",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn service(url: &str, key: &str) -> DeepL {
        crate::app::install_tls();
        let mut config = config::load(None).unwrap().config.translation;
        config.url = url.to_owned();
        config.api_key = key.to_owned().into();
        DeepL::new(&config).unwrap()
    }

    fn read(body: &str) -> Option<Translated> {
        service("", "key").read(body.as_bytes())
    }

    #[test]
    fn it_is_asked_as_its_interface_says() {
        let request = service("", "secret:fx").request(
            &crate::outgoing::client(std::time::Duration::from_secs(1), false).unwrap(),
            "Hello",
            Language::SimplifiedChinese,
        );
        let request = request.build().unwrap();
        assert_eq!(request.url().as_str(), "https://api-free.deepl.com/v2/translate");
        let key = request.headers().get("authorization").unwrap();
        assert_eq!(key, "DeepL-Auth-Key secret:fx");
        assert!(key.is_sensitive() && !format!("{request:?}").contains("secret"));
        let body: serde_json::Value = serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
        assert_eq!(body, serde_json::json!({"text": ["Hello"], "target_lang": "ZH-HANS"}));
        assert_eq!(service("", "secret").url.as_str(), "https://api.deepl.com/v2/translate");
        assert_eq!(service("http://127.0.0.1:1/", "secret:fx").url.as_str(), "http://127.0.0.1:1/v2/translate");
    }

    #[test]
    fn its_answers_are_read() {
        let said = read(r#"{"translations":[{"detected_source_language":"EN","text":"你好"}]}"#);
        assert_eq!(said, Some(Translated { text: "你好".to_owned(), from: Some("en".to_owned()) }));
        assert_eq!(read(r#"{"translations":[{"text":"a"},{"text":"b"}]}"#).unwrap().from, None);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for body in [
            "",
            "{}",
            "<html>",
            r#"{"message":"Quota exceeded"}"#,
            r#"{"translations":[]}"#,
            r#"{"translations":[{}]}"#,
            r#"{"translations":{"text":"a"}}"#,
            r#"{"translations":[{"text":["a"]}]}"#,
            r#"{"translations":[{"text":"a","detected_source_language":["EN"]}]}"#,
            &"[".repeat(100_000),
        ] {
            assert_eq!(read(body), None);
        }
    }
}
