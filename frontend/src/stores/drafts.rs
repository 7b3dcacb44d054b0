//! What the agent has written to conversations without sending it: kept over a reload, each under a name of its own. Tabs hear of
//! each other's: a draft is one, wherever it is open, until somebody has gone on with it in two of them.

use crate::i18n::format::now;
use crate::stores::storage;
use std::collections::HashMap;
use types::id::{AgentId, ConversationId, Nonce};
use types::time::Timestamp;

/// Drafts that nobody has gone on with for so long are forgotten.
const KEPT_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What has been written to one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Draft {
    text: String,
    /// Up to which `seq` of the conversation an answer knows the messages; nothing in drafts of earlier versions.
    known: Option<i64>,
    /// The nonce with which exactly this text was sent without an answer: tried again with the same one it is stored once.
    tried: Option<Nonce>,
}

/// What a draft will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An answer to the visitor.
    Answer,
    /// An internal note.
    Note,
}

/// One agent's drafts of one kind.
#[derive(Debug, Clone)]
pub struct Drafts {
    prefix: String,
    texts: HashMap<ConversationId, Draft>,
}

impl Drafts {
    /// Those that this browser has kept.
    pub fn load(agent: AgentId, kind: Kind) -> Self {
        let prefix = match kind {
            Kind::Answer => format!("parlor.draft.{agent}."),
            Kind::Note => format!("parlor.note.{agent}."),
        };
        let mut texts = HashMap::new();
        let mut others = Vec::new();
        for (name, kept) in storage::named(&prefix) {
            let conversation = name.strip_prefix(&prefix).and_then(|id| id.parse().ok());
            match (conversation, read(&kept, now())) {
                (Some(conversation), Some(draft)) => drop(texts.insert(conversation, draft)),
                _ => others.push(name),
            }
        }
        for name in others {
            storage::write_named(&name, None);
        }
        Self { prefix, texts }
    }

    /// Under which names they are kept: this, and the conversation.
    pub fn prefix(&self) -> String {
        self.prefix.clone()
    }

    /// Another tab has changed one, from what was kept to what is kept now. Answers the conversation and its text where it is
    /// taken over: where this tab had nothing else.
    pub fn heard(
        &mut self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        now: Timestamp,
    ) -> Option<(ConversationId, String)> {
        let id = name.parse().ok()?;
        let [before, after] = [before, after].map(|kept| kept.and_then(|kept| read(kept, now)));
        if self.get(id) != before.as_ref().map(|draft| draft.text.as_str()) {
            return None;
        }
        let text = after.as_ref().map(|draft| draft.text.clone()).unwrap_or_default();
        match after {
            Some(draft) => drop(self.texts.insert(id, draft)),
            None => drop(self.texts.remove(&id)),
        }
        Some((id, text))
    }

    /// What has been written to a conversation.
    pub fn get(&self, id: ConversationId) -> Option<&str> {
        self.texts.get(&id).map(|draft| draft.text.as_str())
    }

    /// Up to which `seq` what has been written knows the conversation's messages, when that was remembered.
    pub fn known(&self, id: ConversationId) -> Option<i64> {
        self.texts.get(&id)?.known
    }

    /// The nonce with which what has been written was sent without an answer.
    pub fn tried(&self, id: ConversationId) -> Option<Nonce> {
        self.texts.get(&id)?.tried
    }

    /// Remembers an answer; white space alone is nothing.
    pub fn set(&mut self, id: ConversationId, text: String, known: i64) {
        self.put(id, Draft { text, known: Some(known), tried: None });
    }

    /// Remembers a note, and with which nonce it was sent.
    pub fn set_note(&mut self, id: ConversationId, text: String, tried: Option<Nonce>) {
        self.put(id, Draft { text, known: None, tried });
    }

    fn put(&mut self, id: ConversationId, draft: Draft) {
        let name = format!("{}{id}", self.prefix);
        if draft.text.trim().is_empty() {
            if self.texts.remove(&id).is_some() {
                storage::write_named(&name, None);
            }
            return;
        }
        storage::write_named(&name, Some(&written(&draft, now())));
        self.texts.insert(id, draft);
    }
}

fn written(draft: &Draft, at: Timestamp) -> String {
    let known = draft.known.map(|seq| format!("/{seq}")).unwrap_or_default();
    let tried = draft.tried.map(|nonce| format!("#{nonce}")).unwrap_or_default();
    format!("{}{known}{tried} {}", at.0, draft.text)
}

/// A kept draft, if it is not too old.
fn read(kept: &str, now: Timestamp) -> Option<Draft> {
    let (head, text) = kept.split_once(' ')?;
    let (head, tried) = match head.split_once('#') {
        Some((head, tried)) => (head, Some(tried.parse().ok()?)),
        None => (head, None),
    };
    let (at, known) = match head.split_once('/') {
        Some((at, known)) => (at, Some(known.parse().ok()?)),
        None => (head, None),
    };
    let age = now.millis_since(Timestamp(at.parse().ok()?));
    (age < KEPT_MILLIS && !text.is_empty()).then(|| Draft { text: text.to_owned(), known, tried })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_tabs_text_is_taken_over_where_this_one_has_nothing_else() {
        let (now, id) = (Timestamp(1_790_000_000_000), "0190163d-8694-739b-aea5-966c26f8ad91");
        let key: ConversationId = id.parse().unwrap();
        let mut here = Drafts { prefix: String::new(), texts: HashMap::new() };
        let draft = |text: &str| Draft { text: text.to_owned(), known: Some(7), tried: None };
        let kept = |text| written(&draft(text), now);
        // It is begun elsewhere, goes on, and is sent.
        assert_eq!(here.heard(id, None, Some(&kept("好")), now), Some((key, "好".to_owned())));
        assert_eq!(here.heard(id, Some(&kept("好")), Some(&kept("好的")), now), Some((key, "好的".to_owned())));
        assert_eq!((here.get(key), here.known(key)), (Some("好的"), Some(7)));
        assert_eq!(here.heard(id, Some(&kept("好的")), None, now), Some((key, String::new())));
        assert_eq!(here.get(key), None);
        // Who has written something else keeps it.
        here.texts.insert(key, draft("我的"));
        assert_eq!(here.heard(id, None, Some(&kept("别的")), now), None);
        assert_eq!(here.heard(id, Some(&kept("别的")), None, now), None);
        assert_eq!(here.heard("x", None, None, now), None);
        assert_eq!(here.get(key), Some("我的"));
    }

    #[test]
    fn a_draft_is_read_as_it_was_written_and_forgotten_when_old() {
        let at = Timestamp(1_790_000_000_000);
        let nonce: Nonce = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
        for (known, tried) in [(None, None), (Some(7), None), (None, Some(nonce)), (Some(7), Some(nonce))] {
            let draft = Draft { text: "退款 #请\n稍等 ".to_owned(), known, tried };
            let kept = written(&draft, at);
            assert_eq!(read(&kept, at), Some(draft));
            assert_eq!(read(&kept, Timestamp(at.0 + KEPT_MILLIS)), None);
        }
        for broken in ["", "x", "12", "x y", "1790000000000 ", "1790000000000/x y", "1790000000000#x y"] {
            assert_eq!(read(broken, at), None, "{broken}");
        }
    }
}
