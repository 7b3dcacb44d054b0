//! What this browser remembers of the console. Nothing secret, and nothing that the console cannot do without: where
//! storage is switched off, everything is asked anew.

use leptos::prelude::{on_cleanup, window, window_event_listener};
use std::borrow::Cow;
use types::id::AgentId;

/// What is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The language; `theme.js` reads it too.
    Language,
    /// The theme; `theme.js` reads it too.
    Theme,
    /// Which key sends.
    SendKey,
    /// What messages are translated into.
    TranslateInto,
    /// The emoji that were picked last.
    Emoji,
    /// How new messages are told to an agent.
    Alerts(AgentId),
    /// That an agent has been asked whether the browser may show notifications.
    AlertsAsked(AgentId),
    /// Which groups of channels an agent has folded away.
    FoldedGroups(AgentId),
    /// That the server pushes to this browser, or may.
    Pushed,
    /// That somebody signed in here, so that the refresh cookie is worth a try.
    SignedIn,
}

impl Key {
    fn name(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Language => "parlor.language",
            Self::Theme => "parlor.theme",
            Self::SendKey => "parlor.send_key",
            Self::TranslateInto => "parlor.translate_into",
            Self::Emoji => "parlor.emoji",
            Self::Alerts(agent) => return Cow::Owned(format!("parlor.alerts.{agent}")),
            Self::AlertsAsked(agent) => return Cow::Owned(format!("parlor.alerts_asked.{agent}")),
            Self::FoldedGroups(agent) => return Cow::Owned(format!("parlor.folded_groups.{agent}")),
            Self::Pushed => "parlor.pushed",
            Self::SignedIn => "parlor.signed_in",
        })
    }
}

/// Tells what the browser's other tabs remember under names that begin like this, and of what they forget, until the present scope
/// ends: the rest of the name, what stood there before, and what stands there now.
pub fn watch_named(prefix: String, heard: impl Fn(&str, Option<&str>, Option<&str>) + 'static) {
    let listening = window_event_listener(leptos::ev::storage, move |event| {
        let name = event.key().unwrap_or_default();
        if let Some(rest) = name.strip_prefix(&prefix) {
            heard(rest, event.old_value().as_deref(), event.new_value().as_deref());
        }
    });
    on_cleanup(move || listening.remove());
}

/// The same for one thing.
pub fn watch(key: Key, heard: impl Fn(Option<&str>) + 'static) {
    watch_named(key.name().into_owned(), move |rest, _, now| {
        if rest.is_empty() {
            heard(now);
        }
    });
}

fn local_storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was remembered.
pub fn read(key: Key) -> Option<String> {
    local_storage()?.get_item(&key.name()).ok().flatten()
}

/// Remembers, or forgets.
pub fn write(key: Key, value: Option<&str>) {
    write_named(&key.name(), value);
}

/// Remembers under a name of one's own, or forgets.
pub fn write_named(name: &str, value: Option<&str>) {
    let Some(storage) = local_storage() else { return };
    // A full or refused storage means that the next visit asks anew.
    match value {
        Some(value) => drop(storage.set_item(name, value)),
        None => drop(storage.remove_item(name)),
    }
}

/// Everything remembered under names that begin like this.
pub fn named(prefix: &str) -> Vec<(String, String)> {
    let Some(storage) = local_storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten());
    let ours: Vec<String> = names.filter(|name| name.starts_with(prefix)).collect();
    ours.into_iter().filter_map(|name| storage.get_item(&name).ok().flatten().map(|value| (name, value))).collect()
}
