//! Messages in another language: whether the server translates, into what, and which translations a conversation shows.

use super::preferences::{Preferences, use_preferences};
use crate::api::{ConsoleApi, public_api, use_api};
use crate::i18n::{Lang, errors::error_text, lang_now};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::cell::Cell;
use types::error::ErrorCode;
use types::id::{ConversationId, MessageId};
use types::translation::{Language, TranslateMessage};

thread_local! {
    // Of the server, which a page has one of: asked once.
    static AVAILABLE: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static LOOKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the server translates, as far as that is known; followed by whoever reads it.
pub fn is_available() -> bool {
    AVAILABLE.with(ArcRwSignal::get)
}

/// Finds out whether the server translates, unless that is known. Without an answer it is asked again the next time.
pub fn look() {
    if LOOKED.replace(true) {
        return;
    }
    spawn_local(async {
        match public_api().get_server_info().await {
            Ok(info) if info.translation => AVAILABLE.with(|available| available.set(true)),
            Ok(_) => {}
            Err(_) => LOOKED.set(false),
        }
    });
}

/// Where a translation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is asked for.
    Asked,
    /// It is there.
    Said {
        /// The words.
        text: String,
        /// The language that they were in (BCP 47), where the service says so.
        from: Option<String>,
        /// The language that they are in.
        language: Language,
    },
    /// There is none, for this reason.
    Failed(ApiError),
}

/// A translation that is shown.
#[derive(Clone)]
pub struct Shown {
    /// Of which message.
    pub message: MessageId,
    /// The message's place.
    pub seq: i64,
    /// What it says itself.
    pub original: String,
    /// Where it stands.
    pub standing: ArcRwSignal<Standing>,
}

/// The translations that a conversation shows for as long as it is open. `Copy`.
#[derive(Clone, Copy)]
pub struct Translations {
    conversation: ConversationId,
    api: StoredValue<ConsoleApi>,
    preferences: Preferences,
    shown: RwSignal<Vec<Shown>>,
}

impl Translations {
    /// None yet. Call it where contexts are at hand.
    pub fn new(conversation: ConversationId) -> Self {
        look();
        let (api, preferences) = (StoredValue::new(use_api()), use_preferences());
        Self { conversation, api, preferences, shown: RwSignal::new(Vec::new()) }
    }

    /// Those that are shown.
    pub fn shown(self) -> Vec<Shown> {
        self.shown.get()
    }

    /// Whether a message's is, at this moment.
    pub fn shows(self, seq: i64) -> bool {
        self.shown.with_untracked(|shown| shown.iter().any(|one| one.seq == seq))
    }

    /// What a message's says, at this moment.
    pub fn said(self, seq: i64) -> Option<String> {
        self.shown.with_untracked(|shown| {
            let shown = shown.iter().find(|one| one.seq == seq)?;
            shown.standing.with_untracked(|standing| match standing {
                Standing::Said { text, .. } => Some(text.clone()),
                Standing::Asked | Standing::Failed(_) => None,
            })
        })
    }

    /// The person wants to read a message in their language.
    pub fn show(self, message: MessageId, seq: i64, original: String) {
        let shown = Shown { message, seq, original, standing: ArcRwSignal::new(Standing::Asked) };
        self.ask(&shown);
        self.shown.update(|all| {
            all.retain(|one| one.seq != seq);
            all.push(shown);
        });
    }

    /// They do not any more, or it was recalled.
    pub fn hide(self, seq: i64) {
        self.shown.update(|all| all.retain(|one| one.seq != seq));
    }

    /// They try again what has failed.
    pub fn ask(self, shown: &Shown) {
        let Shown { message, standing, .. } = shown.clone();
        let language = self.preferences.translate_into();
        let (api, conversation) = (self.api.get_value(), self.conversation);
        standing.set(Standing::Asked);
        spawn_local(async move {
            let said = api.translate_message(conversation, message, &TranslateMessage { language }).await;
            standing.set(match said {
                Ok(said) => Standing::Said { text: said.text, from: said.detected_language, language },
                Err(error) => Standing::Failed(error),
            });
        });
    }
}

/// What is said of a translation that there is none of.
pub fn failure_text(lang: Lang, error: &ApiError) -> String {
    match error.code() {
        Some(ErrorCode::Upstream) => lang.translation_down().to_owned(),
        Some(ErrorCode::TooLarge) => lang.translation_too_long().to_owned(),
        _ => error_text(lang, error),
    }
}

/// The language of the interface, as one that is translated into.
pub fn interface_language() -> Language {
    match lang_now() {
        Lang::Zh => Language::SimplifiedChinese,
        Lang::En => Language::English,
    }
}

/// The tag by which the browser knows how a language is called: Chinese by its characters, and not by a country.
pub fn naming_tag(language: Language) -> &'static str {
    match language {
        Language::SimplifiedChinese => "zh-Hans",
        Language::TraditionalChinese => "zh-Hant",
        other => other.tag(),
    }
}
