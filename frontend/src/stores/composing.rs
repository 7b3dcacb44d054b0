//! What comes into the composer from elsewhere: what is answered to, and the words of a message that was recalled or given up here, to
//! be written anew.

use super::storage;
use crate::realtime::Live;
use leptos::prelude::*;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use types::events::Event;
use types::id::{AgentId, ConversationId, MessageId};
use types::messages::{Content, Quote};

/// How many recalled messages' words are remembered.
const REMEMBERED: usize = 50;

/// Names of what is answered to, in the browser's storage.
const QUOTES: &str = "parlor.quote.";

/// Whoever signs out leaves nothing of what others have said.
pub(super) fn forget_quotes() {
    for (name, _) in storage::named(QUOTES) {
        storage::write_named(&name, None);
    }
}

/// What comes into the composer from elsewhere. `Copy`; kept for as long as the page lives. What is answered to is kept over a reload, as
/// the draft of the answer is.
#[derive(Clone, Copy)]
pub struct Composing {
    /// What was said before it was recalled, oldest first.
    words: StoredValue<VecDeque<(MessageId, String)>>,
    /// What is to be put into a composer.
    inserted: RwSignal<Option<(ConversationId, String, bool)>>,
    /// What is answered to, by conversation.
    quotes: RwSignal<HashMap<ConversationId, Quote>>,
    /// Under which names it is kept: this, and the conversation.
    prefix: StoredValue<String>,
    /// Whether a note is being written beside a conversation and not an answer, where the person has chosen.
    noting: RwSignal<HashMap<ConversationId, bool>>,
    /// Whose composer is to have the focus.
    focused: RwSignal<Option<ConversationId>>,
}

/// What comes into the composer from elsewhere.
pub fn use_composing() -> Composing {
    expect_context()
}

impl Composing {
    /// Makes it available to everything below.
    pub(super) fn provide(agent: AgentId, live: Live) -> Self {
        let prefix = format!("{QUOTES}{agent}.");
        let quotes = storage::named(&prefix).into_iter().filter_map(|(name, kept)| {
            Some((name.strip_prefix(&prefix)?.parse().ok()?, types::json::from_str(&kept).ok()?))
        });
        let composing = Self {
            words: StoredValue::new(VecDeque::new()),
            inserted: RwSignal::new(None),
            quotes: RwSignal::new(quotes.collect()),
            prefix: StoredValue::new(prefix),
            noting: RwSignal::new(HashMap::new()),
            focused: RwSignal::new(None),
        };
        provide_context(composing);
        live.follow(Rc::new(move |event| {
            // What somebody else has said is gone with its message.
            let (id, until) = match event {
                Some(Event::ConversationCleared { conversation_id, seq }) => (*conversation_id, *seq),
                Some(Event::ConversationDeleted { conversation_id }) => (*conversation_id, i64::MAX),
                _ => return,
            };
            if composing.quotes.with_untracked(|quotes| quotes.get(&id).is_some_and(|quote| quote.seq <= until)) {
                composing.drop_quote(id);
            }
        }));
        composing
    }

    /// The person answers to a message.
    pub fn set_quote(self, conversation: ConversationId, quote: Quote) {
        self.keep(conversation, Some(&quote));
        self.quotes.update(|quotes| drop(quotes.insert(conversation, quote)));
        self.answers(conversation);
        self.focus(conversation);
    }

    fn keep(self, conversation: ConversationId, quote: Option<&Quote>) {
        let name = self.prefix.with_value(|prefix| format!("{prefix}{conversation}"));
        storage::write_named(&name, quote.and_then(|quote| serde_json::to_string(quote).ok()).as_deref());
    }

    /// What the person answers to was recalled: its words are shown and sent no more.
    pub fn quoted_was_recalled(self, conversation: ConversationId) {
        self.quotes.update(|quotes| {
            if let Some(quote) = quotes.get_mut(&conversation) {
                quote.content = Content::Recalled {};
                self.keep(conversation, Some(quote));
            }
        });
    }

    /// What the person answers to.
    pub fn quote(self, conversation: ConversationId) -> Option<Quote> {
        self.quotes.with(|quotes| quotes.get(&conversation).cloned())
    }

    /// The person does not, or has.
    pub fn drop_quote(self, conversation: ConversationId) -> Option<Quote> {
        // Nobody is told of nothing.
        self.quotes.with_untracked(|quotes| quotes.contains_key(&conversation)).then_some(())?;
        self.keep(conversation, None);
        self.quotes.try_update(|quotes| quotes.remove(&conversation)).flatten()
    }

    /// Whether a note is being written beside a conversation instead of an answer.
    pub fn is_noting(self, conversation: ConversationId) -> bool {
        self.noting.with(|noting| noting.get(&conversation).copied().unwrap_or_default())
    }

    /// The person writes a note, or an answer.
    pub fn set_noting(self, conversation: ConversationId, noting: bool) {
        if self.noting.with_untracked(|all| all.get(&conversation).copied()) != Some(noting) {
            self.noting.update(|all| {
                all.insert(conversation, noting);
            });
        }
    }

    /// What comes into the composer from elsewhere is for an answer.
    fn answers(self, conversation: ConversationId) {
        self.set_noting(conversation, false);
    }

    /// Goes on with a note that was begun before the page was loaded, where the person has not chosen yet what to write.
    pub fn goes_on_noting(self, conversation: ConversationId) {
        if !self.noting.with_untracked(|all| all.contains_key(&conversation)) {
            self.set_noting(conversation, true);
        }
    }

    /// The composer gets the focus.
    pub fn focus(self, conversation: ConversationId) {
        self.focused.set(Some(conversation));
    }

    /// Whether the composer is to have the focus, once.
    pub fn takes_focus(self, conversation: ConversationId) -> bool {
        let wanted = self.focused.get() == Some(conversation);
        if wanted {
            self.focused.set(None);
        }
        wanted
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
            self.answers(conversation);
            self.inserted.set(Some((conversation, text, true)));
        }
    }

    /// Puts the words of a message that is given up into the composer, for whoever wants to say it otherwise.
    pub fn give_back(self, conversation: ConversationId, text: String) {
        self.answers(conversation);
        self.inserted.set(Some((conversation, text, false)));
    }

    /// What is to be put into the composer of a conversation, once; and whether the person goes there.
    pub fn take(self, conversation: ConversationId) -> Option<(String, bool)> {
        let (_, text, goes) = self.inserted.get().filter(|(of, ..)| *of == conversation)?;
        self.inserted.set(None);
        Some((text, goes))
    }
}
