//! What the agent has written to conversations without sending it: kept over a reload, each under a name of its own. Tabs hear of
//! each other's: a draft is one, wherever it is open, until somebody has gone on with it in two of them.

use crate::i18n::format::now;
use crate::stores::storage;
use std::collections::HashMap;
use types::id::{AgentId, ConversationId};
use types::time::Timestamp;

/// Drafts that nobody has gone on with for so long are forgotten.
const KEPT_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// One agent's drafts.
#[derive(Debug, Clone)]
pub struct Drafts {
    agent: AgentId,
    texts: HashMap<ConversationId, String>,
}

impl Drafts {
    /// Those that this browser has kept.
    pub fn load(agent: AgentId) -> Self {
        let mut texts = HashMap::new();
        let mut others = Vec::new();
        for (name, kept) in storage::named(&prefix(agent)) {
            let conversation = name.strip_prefix(&prefix(agent)).and_then(|id| id.parse().ok());
            match (conversation, read(&kept, now())) {
                (Some(conversation), Some(text)) => drop(texts.insert(conversation, text)),
                _ => others.push(name),
            }
        }
        for name in others {
            storage::write_named(&name, None);
        }
        Self { agent, texts }
    }

    /// Under which names they are kept: this, and the conversation.
    pub fn prefix(&self) -> String {
        prefix(self.agent)
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
        let [before, after] = [before, after].map(|kept| kept.and_then(|kept| read(kept, now)).unwrap_or_default());
        if self.get(id).unwrap_or_default() != before {
            return None;
        }
        if after.is_empty() {
            self.texts.remove(&id);
        } else {
            self.texts.insert(id, after.clone());
        }
        Some((id, after))
    }

    /// What has been written to a conversation.
    pub fn get(&self, id: ConversationId) -> Option<&str> {
        self.texts.get(&id).map(String::as_str)
    }

    /// Remembers it; white space alone is nothing.
    pub fn set(&mut self, id: ConversationId, text: String) {
        let name = format!("{}{id}", prefix(self.agent));
        if text.trim().is_empty() {
            if self.texts.remove(&id).is_some() {
                storage::write_named(&name, None);
            }
            return;
        }
        storage::write_named(&name, Some(&written(&text, now())));
        self.texts.insert(id, text);
    }
}

fn prefix(agent: AgentId) -> String {
    format!("parlor.draft.{agent}.")
}

fn written(text: &str, at: Timestamp) -> String {
    format!("{} {text}", at.0)
}

/// The text of a kept draft, if it is not too old.
fn read(kept: &str, now: Timestamp) -> Option<String> {
    let (at, text) = kept.split_once(' ')?;
    let age = now.millis_since(Timestamp(at.parse().ok()?));
    (age < KEPT_MILLIS && !text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_tabs_text_is_taken_over_where_this_one_has_nothing_else() {
        let (now, id) = (Timestamp(1_790_000_000_000), "0190163d-8694-739b-aea5-966c26f8ad91");
        let key: ConversationId = id.parse().unwrap();
        let mut here = Drafts { agent: id.parse().unwrap(), texts: HashMap::new() };
        let kept = |text| written(text, now);
        // It is begun elsewhere, goes on, and is sent.
        assert_eq!(here.heard(id, None, Some(&kept("好")), now), Some((key, "好".to_owned())));
        assert_eq!(here.heard(id, Some(&kept("好")), Some(&kept("好的")), now), Some((key, "好的".to_owned())));
        assert_eq!(here.get(key), Some("好的"));
        assert_eq!(here.heard(id, Some(&kept("好的")), None, now), Some((key, String::new())));
        assert_eq!(here.get(key), None);
        // Who has written something else keeps it.
        here.texts.insert(key, "我的".to_owned());
        assert_eq!(here.heard(id, None, Some(&kept("别的")), now), None);
        assert_eq!(here.heard(id, Some(&kept("别的")), None, now), None);
        assert_eq!(here.heard("x", None, None, now), None);
        assert_eq!(here.get(key), Some("我的"));
    }

    #[test]
    fn a_draft_is_read_as_it_was_written_and_forgotten_when_old() {
        let at = Timestamp(1_790_000_000_000);
        let kept = written("退款 请\n稍等 ", at);
        assert_eq!(read(&kept, at).as_deref(), Some("退款 请\n稍等 "));
        assert_eq!(read(&kept, Timestamp(at.0 + KEPT_MILLIS)), None);
        for broken in ["", "x", "12", "x y", "1790000000000 "] {
            assert_eq!(read(broken, at), None, "{broken}");
        }
    }
}
