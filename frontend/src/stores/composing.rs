//! What comes into the composer from elsewhere: the words of a message that was recalled here, to be written anew.

use leptos::prelude::*;
use std::collections::VecDeque;
use types::id::{ConversationId, MessageId};

/// How many recalled messages' words are remembered.
const REMEMBERED: usize = 50;

/// What comes into the composer from elsewhere. `Copy`; kept for as long as the page lives, and nowhere else.
#[derive(Clone, Copy)]
pub struct Composing {
    /// What was said before it was recalled, oldest first.
    words: StoredValue<VecDeque<(MessageId, String)>>,
    /// What is to be put into a composer.
    inserted: RwSignal<Option<(ConversationId, String)>>,
}

/// What comes into the composer from elsewhere.
pub fn use_composing() -> Composing {
    expect_context()
}

impl Composing {
    /// Makes it available to everything below.
    pub(super) fn provide() {
        provide_context(Self { words: StoredValue::new(VecDeque::new()), inserted: RwSignal::new(None) });
    }

    /// Remembers what a message says that is about to be recalled.
    pub fn remember(self, id: MessageId, text: String) {
        self.words.update_value(|words| {
            words.retain(|(known, _)| *known != id);
            words.push_back((id, text));
            let surplus = words.len().saturating_sub(REMEMBERED);
            words.drain(..surplus);
        });
    }

    /// Whether it is known what a message said that was recalled here.
    pub fn remembers(self, id: MessageId) -> bool {
        self.words.with_value(|words| words.iter().any(|(known, _)| *known == id))
    }

    /// Puts what a recalled message said into the composer again.
    pub fn edit_again(self, conversation: ConversationId, id: MessageId) {
        let words = self.words.with_value(|words| words.iter().find(|(known, _)| *known == id).cloned());
        if let Some((_, text)) = words {
            self.inserted.set(Some((conversation, text)));
        }
    }

    /// What is to be put into the composer of a conversation, once.
    pub fn take(self, conversation: ConversationId) -> Option<String> {
        let text = self.inserted.get().filter(|(of, _)| *of == conversation).map(|(_, text)| text)?;
        self.inserted.set(None);
        Some(text)
    }
}
