//! How the files of each conversation are reached: asked for when the first one is shown, and again before it ends.

use crate::api::{ConsoleApi, use_api};
use crate::i18n::format::now;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use types::attachments::FileAccess;
use types::id::ConversationId;

/// How long before its end an access is asked for anew: what is shown now is fetched by then.
const MARGIN_MILLIS: i64 = 5 * 60 * 1_000;

/// The accesses that are held. `Copy`; get it by [`use_files`].
#[derive(Clone, Copy)]
pub struct Files {
    held: RwSignal<HashMap<ConversationId, FileAccess>>,
    asked: StoredValue<HashSet<ConversationId>>,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The accesses that are held.
pub fn use_files() -> Files {
    expect_context()
}

impl Files {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide() {
        provide_context(Self {
            held: RwSignal::new(HashMap::new()),
            asked: StoredValue::new(HashSet::new()),
            api: StoredValue::new_local(use_api()),
        });
    }

    /// How a conversation's files are reached; nothing until it is known. Whoever reads is told when it comes, or changes.
    pub fn access(self, id: ConversationId) -> Option<FileAccess> {
        let held = self.held.with(|held| held.get(&id).cloned());
        if held.as_ref().is_none_or(|access| left(access) < MARGIN_MILLIS) {
            self.ask(id);
        }
        held.filter(|access| left(access) > 0)
    }

    /// The same at this moment, without asking.
    pub fn access_now(self, id: ConversationId) -> Option<FileAccess> {
        self.held.with_untracked(|held| held.get(&id).cloned())
    }

    fn ask(self, id: ConversationId) {
        if !self.asked.try_update_value(|asked| asked.insert(id)).unwrap_or_default() {
            return;
        }
        let api = self.api.get_value();
        spawn_local(async move {
            let answer = api.get_file_access(id).await;
            // The agent may have signed out meanwhile.
            self.asked.try_update_value(|asked| asked.remove(&id));
            if let Ok(access) = answer {
                self.held.try_update(|held| held.insert(id, access));
            }
        });
    }
}

/// Milliseconds for which an access is still good.
fn left(access: &FileAccess) -> i64 {
    access.expires_at.millis_since(now())
}
