//! `LibreTranslate`, and services with its interface: `POST /translate`.

use super::{BadAddress, Provider, Translated, address_of};
use crate::config::TranslationConfig;
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use types::translation::Language;

/// A `LibreTranslate` server.
pub struct LibreTranslate {
    url: Url,
    api_key: SecretString,
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    q: &'a str,
    source: &'a str,
    target: &'a str,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    translated_text: String,
    #[serde(default)]
    detected_language: Option<Detected>,
}

#[derive(Debug, Deserialize)]
struct Detected {
    language: String,
    /// In percent. 0 is what it says of a text in which it has recognised nothing.
    #[serde(default)]
    confidence: f64,
}

impl LibreTranslate {
    /// The server that the settings name.
    pub(super) fn new(config: &TranslationConfig) -> Result<Self, BadAddress> {
        Ok(Self { url: address_of(&config.url, "/translate")?, api_key: config.api_key.clone() })
    }
}

impl Provider for LibreTranslate {
    fn request(&self, client: &Client, text: &str, language: Language) -> RequestBuilder {
        let api_key = Some(self.api_key.expose_secret()).filter(|key| !key.is_empty());
        let asked = Asked { q: text, source: "auto", target: code(language), format: "text", api_key };
        client.post(self.url.clone()).json(&asked)
    }

    fn read(&self, body: &[u8]) -> Option<Translated> {
        let Answer { translated_text, detected_language } = serde_json::from_slice(body).ok()?;
        let from = detected_language.filter(|detected| detected.confidence > 0.0);
        Some(Translated { text: translated_text, from: from.map(|detected| tag(detected.language)) })
    }
}

/// Its names of the languages. Newer versions say `zh-Hans` and `zh-Hant`, and take the older names as well.
fn code(language: Language) -> &'static str {
    match language {
        Language::SimplifiedChinese => "zh",
        Language::TraditionalChinese => "zt",
        other => other.tag(),
    }
}

/// A language by everybody's name for it.
fn tag(code: String) -> String {
    match code.as_str() {
        "zt" => "zh-Hant".to_owned(),
        "pb" => "pt-BR".to_owned(),
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn service(url: &str, key: &str) -> LibreTranslate {
        crate::app::install_tls();
        let mut config = config::load(None).unwrap().config.translation;
        config.url = url.to_owned();
        config.api_key = key.to_owned().into();
        LibreTranslate::new(&config).unwrap()
    }

    fn read(body: &str) -> Option<Translated> {
        service("http://127.0.0.1:5000", "").read(body.as_bytes())
    }

    #[test]
    fn it_is_asked_as_its_interface_says() {
        let asked = |service: &LibreTranslate, language| {
            let request = service
                .request(&crate::outgoing::client(std::time::Duration::from_secs(1), false).unwrap(), "Hello", language)
                .build()
                .unwrap();
            let body = request.body().unwrap().as_bytes().unwrap();
            (request.url().to_string(), serde_json::from_slice::<serde_json::Value>(body).unwrap())
        };
        let (url, body) = asked(&service("http://127.0.0.1:5000/", ""), Language::SimplifiedChinese);
        assert_eq!(url, "http://127.0.0.1:5000/translate");
        assert_eq!(body, serde_json::json!({"q": "Hello", "source": "auto", "target": "zh", "format": "text"}));
        let (url, body) = asked(&service("https://translate.example/lt", "key"), Language::TraditionalChinese);
        assert_eq!(url, "https://translate.example/lt/translate");
        assert_eq!((&body["api_key"], &body["target"]), (&"key".into(), &"zt".into()));
    }

    #[test]
    fn its_answers_are_read() {
        let said = read(
            r#"{"translatedText":"你好","detectedLanguage":{"language":"en","confidence":92.0},"alternatives":[]}"#,
        );
        assert_eq!(said, Some(Translated { text: "你好".to_owned(), from: Some("en".to_owned()) }));
        let traditional =
            read(r#"{"translatedText":"hi","detectedLanguage":{"language":"zt","confidence":40}}"#).unwrap();
        assert_eq!(traditional.from.as_deref(), Some("zh-Hant"));
        let unknown = read(r#"{"translatedText":"hi","detectedLanguage":{"language":"en","confidence":0.0}}"#).unwrap();
        assert_eq!(unknown.from, None, "it guesses English where it knows nothing");
        assert_eq!(read(r#"{"translatedText":"hi"}"#).unwrap().from, None);
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for body in [
            "",
            "null",
            "[]",
            "<html>",
            "{}",
            r#"{"error":"Invalid request"}"#,
            r#"{"translatedText":["a"]}"#,
            r#"{"translatedText":7}"#,
            r#"{"translatedText":"hi","detectedLanguage":"en"}"#,
            r#"{"translatedText":"hi","detectedLanguage":{"language":1,"confidence":1}}"#,
            "{\"translatedText\":\"\u{0}\"}",
            &"[".repeat(100_000),
        ] {
            assert_eq!(read(body), None);
        }
    }
}
