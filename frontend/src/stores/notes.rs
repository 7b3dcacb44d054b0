//! What the agent writes as an internal note: kept over a reload apart from answers, saved once, lost never.

use super::drafts::{Drafts, Kind};
use super::inbox::Inbox;
use super::storage;
use crate::api::{ConsoleApi, use_api};
use crate::i18n::{errors::error_text, format, lang_now};
use crate::realtime::{Live, new_nonce};
use client::rest::ApiError;
use client::sync::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use types::id::{AgentId, ConversationId, Nonce};
use types::notes::{CreateNote, Note};

/// How far the saving of a note has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saving {
    /// The server has been asked.
    Asked,
    /// It was not saved, and why. Nothing of it is lost.
    Failed(String),
}

/// The notes that the agent writes. `Copy`; get it by [`use_notes`].
#[derive(Clone, Copy)]
pub struct NoteWriting {
    live: Live,
    inbox: Inbox,
    drafts: StoredValue<Drafts>,
    /// The draft that has been changed last by another than its field: in another tab, or because it is saved.
    changed: RwSignal<Option<(ConversationId, String)>>,
    saving: RwSignal<HashMap<ConversationId, Saving>>,
    api: StoredValue<ConsoleApi>,
}

/// The notes that the agent writes.
pub fn use_notes() -> NoteWriting {
    expect_context()
}

impl NoteWriting {
    /// Makes them available to everything below.
    pub(super) fn provide(live: Live, inbox: Inbox) {
        let notes = Self {
            live,
            inbox,
            drafts: StoredValue::new(Drafts::load(inbox.me(), Kind::Note)),
            changed: RwSignal::new(None),
            saving: RwSignal::new(HashMap::new()),
            api: StoredValue::new(use_api()),
        };
        storage::watch_named(notes.drafts.with_value(Drafts::prefix), move |name, before, after| {
            let taken = notes.drafts.try_update_value(|drafts| drafts.heard(name, before, after, format::now()));
            if let Some(Some(draft)) = taken {
                notes.changed.set(Some(draft));
            }
        });
        provide_context(notes);
    }

    /// What a note says so far.
    pub fn draft(self, id: ConversationId) -> String {
        self.drafts.with_value(|drafts| drafts.get(id).unwrap_or_default().to_owned())
    }

    /// Whether a note has been begun, for whoever shows it elsewhere than in its field.
    pub fn is_begun(self, id: ConversationId) -> bool {
        self.changed.track();
        self.drafts.with_value(|drafts| drafts.get(id).is_some())
    }

    /// What has been made of the draft elsewhere than in its field, as it happens.
    pub fn changed(self, id: ConversationId) -> Option<String> {
        self.changed.with(|changed| changed.as_ref().filter(|(of, _)| *of == id).map(|(_, text)| text.clone()))
    }

    /// The person has edited it. What was said of an earlier text is over.
    pub fn write(self, id: ConversationId, text: String) {
        self.drafts.update_value(|drafts| drafts.set_note(id, text, None));
        if self.saving.with_untracked(|saving| saving.contains_key(&id)) {
            self.saving.update(|saving| drop(saving.remove(&id)));
        }
    }

    /// How far its saving has come.
    pub fn saving(self, id: ConversationId) -> Option<Saving> {
        self.saving.with(|saving| saving.get(&id).cloned())
    }

    /// Whether the server has been asked to save it.
    pub fn is_asked(self, id: ConversationId) -> bool {
        self.saving.with(|saving| saving.get(&id) == Some(&Saving::Asked))
    }

    /// Saves what has been written. It stays in its field until it is stored.
    pub fn save(self, id: ConversationId, mentions: Vec<AgentId>, whisper: bool) {
        let draft = self.draft(id);
        if draft.trim().is_empty() || untrack(|| self.is_asked(id)) {
            return;
        }
        let text = draft.trim().to_owned();
        // The same text has one nonce, however often it is tried: it may have been stored although the answer was lost.
        let nonce = self.drafts.with_value(|drafts| drafts.tried(id)).unwrap_or_else(new_nonce);
        self.drafts.update_value(|drafts| drafts.set_note(id, draft, Some(nonce)));
        self.saving.update(|saving| drop(saving.insert(id, Saving::Asked)));
        self.inbox.shows_own(id, nonce);
        let (api, request) = (self.api.get_value(), CreateNote { nonce, text, mentions, whisper });
        spawn_local(async move {
            let answer = api.create_note(id, &request).await;
            self.answered(id, nonce, answer);
        });
    }

    fn answered(self, id: ConversationId, nonce: Nonce, answer: Result<Note, ApiError>) {
        match answer {
            Ok(note) => {
                self.live.handle(Input::NoteSaved(Box::new(note)));
                self.is_stored(id, nonce);
            }
            // The agent may have signed out meanwhile.
            Err(error) => drop(self.saving.try_update(|saving| {
                // Stored all the same, it has come by its event.
                if saving.contains_key(&id) {
                    saving.insert(id, Saving::Failed(reason(&error)));
                }
            })),
        }
    }

    /// Looks whether the note that was tried is there, although nobody has said so: the answer was lost, or the page was loaded
    /// anew before it came. Whoever reads is told when that may have changed.
    pub fn settle(self, id: ConversationId) {
        self.saving.track();
        let Some(nonce) = self.drafts.with_value(|drafts| drafts.tried(id)) else {
            return self.live.on_messages(|_| ());
        };
        let is_there = self.live.on_messages(|machine| {
            let notes = machine.state().notes(id).map(|held| held.items()).unwrap_or_default();
            notes.iter().any(|note| note.nonce == nonce)
        });
        if is_there {
            untrack(|| self.is_stored(id, nonce));
        }
    }

    /// Nothing is left to be done for a note. What has been written since stays.
    fn is_stored(self, id: ConversationId, nonce: Nonce) {
        let emptied = self.drafts.try_update_value(|drafts| {
            let is_same = drafts.tried(id) == Some(nonce);
            if is_same {
                drafts.set_note(id, String::new(), None);
            }
            is_same
        });
        if emptied == Some(true) {
            self.changed.try_set(Some((id, String::new())));
        }
        self.saving.try_update(|saving| saving.remove(&id));
    }
}

/// Why a note was not saved, in the person's words.
fn reason(error: &ApiError) -> String {
    match error {
        ApiError::Problem(problem) if problem.errors.iter().any(|error| error.field == "mentions") => {
            lang_now().mention_gone().to_owned()
        }
        error => error_text(lang_now(), error),
    }
}
