//! How the files of each conversation are reached: asked for when the first one is shown, and again before it ends.

use crate::api::{ConsoleApi, use_api};
use crate::i18n::format::now;
use crate::realtime::Live;
use crate::ui::effect;
use client::sync::{Connection, Machine};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use types::attachments::FileAccess;
use types::channels::Channel;
use types::id::ConversationId;
use types::time::Timestamp;

/// How long an access is good at least, by whatever clock: this machine's and the server's need not agree on the time.
const GOOD_MILLIS: i64 = 60 * 60 * 1_000;
/// How long before its end an access is asked for anew: what is shown now is fetched by then.
const MARGIN_MILLIS: i64 = 5 * 60 * 1_000;

/// How long a download takes to begin.
const MOMENT_MILLIS: i64 = 10_000;

/// The accesses that are held. `Copy`; get it by [`use_files`].
#[derive(Clone, Copy)]
pub struct Files {
    /// Each with when it came, by this machine's clock.
    held: RwSignal<HashMap<ConversationId, (FileAccess, Timestamp)>>,
    asked: StoredValue<HashSet<ConversationId>>,
    /// Those that could not be asked for the last time.
    failed: RwSignal<HashSet<ConversationId>>,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The accesses that are held.
pub fn use_files() -> Files {
    expect_context()
}

impl Files {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide(live: Live) {
        let files = Self {
            held: RwSignal::new(HashMap::new()),
            asked: StoredValue::new(HashSet::new()),
            failed: RwSignal::new(HashSet::new()),
            api: StoredValue::new_local(use_api()),
        };
        provide_context(files);
        let limits = Memo::new(move |_| {
            let of_channel = |channel: &Channel| (channel.id, channel.max_file_megabytes);
            live.on_state(|machine| machine.state().channels().iter().map(of_channel).collect::<Vec<_>>())
        });
        Effect::new(move |before: Option<Vec<_>>| {
            let now = limits.get();
            if before.is_some_and(|before| before != now) {
                files.ask_again();
            }
            now
        });
        // What could not be asked for without a connection is asked for when there is one.
        let online = Memo::new(move |_| live.on_connection(Machine::connection) == Connection::Online);
        effect(move || {
            if online.get() {
                files.failed.with_untracked(Clone::clone).into_iter().for_each(|id| files.ask(id));
            }
        });
    }

    /// A channel allows larger or smaller files: how large they may be is asked for anew.
    fn ask_again(self) {
        let held: Vec<ConversationId> = self.held.with_untracked(|held| held.keys().copied().collect());
        held.into_iter().for_each(|id| self.ask(id));
    }

    /// How a conversation's files are reached; nothing until it is known. Whoever reads is told when it comes, or changes.
    pub fn access(self, id: ConversationId) -> Option<FileAccess> {
        let held = self.held.with(|held| held.get(&id).cloned());
        if held.as_ref().is_none_or(|(_, came_at)| left(*came_at, now()) < MARGIN_MILLIS) {
            self.ask(id);
        }
        held.filter(|(_, came_at)| left(*came_at, now()) > 0).map(|(access, _)| access)
    }

    /// The same at this moment, without asking.
    pub fn access_now(self, id: ConversationId) -> Option<FileAccess> {
        self.held.with_untracked(|held| held.get(&id).map(|(access, _)| access.clone()))
    }

    /// Whether it could not be asked for the last time. Whoever reads is told when that changes.
    pub fn has_failed(self, id: ConversationId) -> bool {
        self.failed.with(|failed| failed.contains(&id))
    }

    /// Whether what is held is good for a while, at this moment.
    pub fn is_good_now(self, id: ConversationId) -> bool {
        let came_at = self.held.with_untracked(|held| held.get(&id).map(|(_, came_at)| *came_at));
        came_at.is_some_and(|came_at| left(came_at, now()) > MOMENT_MILLIS)
    }

    /// Something could not be fetched by this access, or by none: another one is asked for, unless it is there already.
    pub fn renew(self, id: ConversationId, failed: Option<&FileAccess>) {
        if self.access_now(id).as_ref() == failed {
            self.held.update(|held| drop(held.remove(&id)));
            self.ask(id);
        }
    }

    fn ask(self, id: ConversationId) {
        let is_first = self.asked.try_update_value(|asked| asked.insert(id)).unwrap_or_default();
        if is_first {
            spawn_local(async move {
                self.fetch(id).await;
            });
        }
    }

    /// Asks for an access, and answers whether it is there now.
    pub async fn fetch(self, id: ConversationId) -> bool {
        // The agent may have signed out meanwhile.
        let Some(api) = self.api.try_get_value() else { return false };
        let answer = api.get_file_access(id).await;
        self.asked.try_update_value(|asked| asked.remove(&id));
        let came = answer.is_ok();
        if self.failed.try_with_untracked(|failed| failed.contains(&id)) == Some(came) {
            self.failed.try_update(|failed| if came { failed.remove(&id) } else { failed.insert(id) });
        }
        if let Ok(access) = answer {
            self.held.try_update(|held| held.insert(id, (access, now())));
        }
        came
    }
}

/// Milliseconds for which an access that came at one time is still good at another.
fn left(came_at: Timestamp, now: Timestamp) -> i64 {
    GOOD_MILLIS.saturating_sub(now.millis_since(came_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_is_good_for_an_hour_from_when_it_came() {
        let came_at = Timestamp(1_790_000_000_000);
        assert!(left(came_at, came_at) > MARGIN_MILLIS);
        assert!(left(came_at, came_at.plus_seconds(3_301)) < MARGIN_MILLIS);
        assert_eq!(left(came_at, came_at.plus_seconds(3_600)), 0);
    }
}
