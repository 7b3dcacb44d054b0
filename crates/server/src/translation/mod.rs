//! Translating: asks the service that the operator has chosen, bounded in time, size and number, and remembers what it said.
//!
//! A provider is a file beside this one: it writes the request and reads the answer. Everything else is the same for all.

mod deepl;
mod libretranslate;

pub use deepl::DeepL;
pub use libretranslate::LibreTranslate;

use crate::config::{TranslationConfig, TranslationProvider};
use crate::outgoing;
use moka::future::Cache;
use reqwest::{Client, RequestBuilder, StatusCode};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use types::id::MessageId;
use types::limits;
use types::translation::Language;

/// How long a translation is remembered.
const REMEMBERED: Duration = Duration::from_secs(60 * 60);
/// How many bytes of translations are remembered.
const REMEMBERED_BYTES: u64 = 16 << 20;
/// Beside its text, what a translation costs in memory.
const ENTRY_BYTES: usize = 200;
/// Requests to the service at a time: one that hangs holds up no more than these.
const AT_A_TIME: usize = 32;
/// The largest answer that is read: the longest text, grown to twice its length, with every character escaped.
const ANSWER_BYTES: usize = limits::MESSAGE_TEXT_MAX * 2 * 12;
/// The longest translation, in characters. Languages differ in length, though not so much.
const TEXT_MAX: usize = limits::MESSAGE_TEXT_MAX * 4;

/// One kind of translation service.
pub trait Provider: Send + Sync {
    /// What is asked.
    fn request(&self, client: &Client, text: &str, language: Language) -> RequestBuilder;

    /// What it has answered with success; nothing when that is no translation.
    fn read(&self, body: &[u8]) -> Option<Translated>;
}

/// What a service has said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// The text in the language that was asked for.
    pub text: String,
    /// The language it was in, where the service says so.
    pub from: Option<String>,
}

/// Why there is no translation. None of these holds a word of the text, the address or the key.
#[derive(Debug, thiserror::Error)]
pub enum TranslationError {
    /// Too many are on their way.
    #[error("too many translations are under way")]
    Busy,
    /// No answer in time, or none at all.
    #[error("the translation service does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// It has answered with another status than success.
    #[error("the translation service answered {0}")]
    Refused(StatusCode),
    /// Its answer is no translation.
    #[error("the translation service's answer is no translation")]
    Unreadable,
}

/// The address of the service is none.
#[derive(Debug, thiserror::Error)]
#[error("not an address: {0}")]
pub struct BadAddress(String);

type Remembered = Cache<(MessageId, Language), Arc<Translated>>;

/// Asks the translation service.
pub struct Translator {
    provider: Option<Box<dyn Provider>>,
    /// Made when it is first needed: it takes a while, and a server shall start at once.
    client: OnceLock<Client>,
    timeout: Duration,
    max_characters: usize,
    under_way: Semaphore,
    remembered: Remembered,
}

impl Translator {
    /// What asks the service that the settings name.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(config: &TranslationConfig) -> Result<Self, BadAddress> {
        let provider: Option<Box<dyn Provider>> = match config.provider {
            TranslationProvider::None => None,
            TranslationProvider::Libretranslate => Some(Box::new(LibreTranslate::new(config)?)),
            TranslationProvider::Deepl => Some(Box::new(DeepL::new(config)?)),
        };
        let weight = |_: &(MessageId, Language), said: &Arc<Translated>| {
            u32::try_from(said.text.len().saturating_add(ENTRY_BYTES)).unwrap_or(u32::MAX)
        };
        let remembered =
            Cache::builder().max_capacity(REMEMBERED_BYTES).weigher(weight).time_to_live(REMEMBERED).build();
        Ok(Self {
            provider,
            client: OnceLock::new(),
            timeout: config.timeout(),
            max_characters: config.max_characters,
            under_way: Semaphore::new(AT_A_TIME),
            remembered,
        })
    }

    /// Whether there is a service.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.provider.is_some()
    }

    /// The longest text that is translated, in characters.
    #[must_use]
    pub fn max_characters(&self) -> usize {
        self.max_characters
    }

    /// How many translations are remembered.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.remembered.entry_count()
    }

    /// What is remembered of a message.
    pub async fn remembered(&self, message: MessageId, language: Language) -> Option<Arc<Translated>> {
        self.remembered.get(&(message, language)).await
    }

    /// Forgets every translation of a message: what was recalled shall be nowhere any more.
    pub async fn forget(&self, message: MessageId) {
        if self.is_on() {
            for language in Language::ALL {
                self.remembered.invalidate(&(message, *language)).await;
            }
        }
    }

    /// A message's text in another language. Whoever asks for the same while it is on its way waits for the same answer, so that it
    /// is paid for once; a failure is remembered by nobody.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn translate(
        &self,
        message: MessageId,
        text: &str,
        language: Language,
    ) -> Result<Arc<Translated>, Arc<TranslationError>> {
        self.remembered.try_get_with((message, language), self.ask(text, language)).await
    }

    async fn ask(&self, text: &str, language: Language) -> Result<Arc<Translated>, TranslationError> {
        let provider = self.provider.as_ref().ok_or(TranslationError::Unreadable)?;
        let _place = self.under_way.try_acquire().map_err(|_full| TranslationError::Busy)?;
        let client = self.client()?;
        let answer = provider.request(client, text, language).send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            return Err(TranslationError::Refused(answer.status()));
        }
        let body = bounded(answer).await?;
        let said = provider.read(&body).and_then(Translated::checked).ok_or(TranslationError::Unreadable)?;
        Ok(Arc::new(said))
    }

    fn client(&self) -> Result<&Client, TranslationError> {
        match self.client.get() {
            Some(client) => Ok(client),
            // The operator has set the address, nobody else can, and it is often this machine's own. Two at the same moment make one
            // too many, which goes.
            None => outgoing::client(self.timeout, true)
                .map(|made| self.client.get_or_init(|| made))
                .map_err(TranslationError::Unreachable),
        }
    }
}

/// The address may hold what is the operator's own.
fn unreachable(error: reqwest::Error) -> TranslationError {
    TranslationError::Unreachable(error.without_url())
}

async fn bounded(mut answer: reqwest::Response) -> Result<Vec<u8>, TranslationError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if body.len().saturating_add(chunk.len()) > ANSWER_BYTES {
            return Err(TranslationError::Unreadable);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Translated {
    /// The same when it can be shown: some words, not too many, and a language that is one.
    fn checked(self) -> Option<Self> {
        let Self { text, from } = self;
        // As in messages: no NUL.
        let text = text.replace('\0', "");
        let is_text = !text.trim().is_empty() && text.chars().nth(TEXT_MAX).is_none();
        is_text.then(|| Self { text, from: from.filter(|tag| is_language_tag(tag)) })
    }
}

/// Whether a text has the form of a language's tag: `en`, `zh-Hans`.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    (2..=3).contains(&language.len())
        && letters(language)
        && tag.len() <= 16
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The address of one of a service's operations.
fn address_of(base: &str, operation: &str) -> Result<reqwest::Url, BadAddress> {
    let address = format!("{}{operation}", base.trim_end_matches('/'));
    // What stands in the settings is the operator's own, and not for the log.
    reqwest::Url::parse(&address).map_err(|error| BadAddress(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, from: &str) -> Option<Translated> {
        Translated { text: text.to_owned(), from: Some(from.to_owned()) }.checked()
    }

    #[test]
    fn what_can_be_shown_is_a_text_of_some_length() {
        assert_eq!(said("你好", "en").unwrap(), Translated { text: "你好".to_owned(), from: Some("en".to_owned()) });
        assert_eq!(said("a\0b", "en").unwrap().text, "ab");
        for nothing in ["", " \n", "\0"] {
            assert_eq!(said(nothing, "en"), None);
        }
        assert!(said(&"长".repeat(TEXT_MAX), "en").is_some());
        assert_eq!(said(&"长".repeat(TEXT_MAX + 1), "en"), None);
    }

    #[test]
    fn a_language_that_is_none_is_left_out() {
        for tag in ["en", "zh-Hans", "yue", "pt-BR", "es-419"] {
            assert_eq!(said("x", tag).unwrap().from.as_deref(), Some(tag));
        }
        for tag in ["", "e", "auto", "en_US", "<b>", "en-", "zh-Hans-extended-by", "英语", "-en"] {
            assert_eq!(said("x", tag).unwrap().from, None, "{tag}");
        }
    }
}
