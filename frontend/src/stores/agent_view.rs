//! A colleague's console that is looked at in this tab: what the tab remembers of it, and how it is left.
//!
//! The tab's own storage survives a reload and ends with the tab. The token in it changes nothing and is good for an hour at most; the
//! admin's own cookie stays as it is, so that leaving a view is loading the page without one.

use crate::routes;
use leptos::prelude::window;
use types::id::AgentId;

const VIEW: &str = "parlor.view";
/// How the last one ended, for the page that one comes back to.
const OVER: &str = "parlor.view_over";

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentView {
    /// Whose console it is.
    pub agent_id: AgentId,
    /// What it is asked with.
    pub token: String,
    /// Their name.
    pub name: String,
}

/// How a view ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The person ended it; the server is still to be told.
    Left(AgentId),
    /// The server takes its token no more.
    Expired,
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}

fn go(address: &str) {
    // An address of this site is always taken.
    drop(window().location().assign(address));
}

/// The view that this tab is, if it is one.
pub fn present() -> Option<AgentView> {
    let text = storage()?.get_item(VIEW).ok().flatten()?;
    let mut parts = text.splitn(3, '\n');
    let (agent_id, token, name) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    Some(AgentView { agent_id, token: token.to_owned(), name: name.to_owned() })
}

/// Makes this tab a view, from the inbox on. `false` where the browser remembers nothing.
pub fn enter(view: &AgentView) -> bool {
    let text = format!("{}\n{}\n{}", view.agent_id, view.token, view.name);
    let kept = storage().is_some_and(|storage| storage.set_item(VIEW, &text).is_ok());
    if kept {
        go(routes::INBOX);
    }
    kept
}

/// Forgets the view, with whoever was signed in.
pub fn forget() {
    if let Some(storage) = storage() {
        drop(storage.remove_item(VIEW));
    }
}

/// Goes back to one's own console, where it is said how the view ended.
pub fn leave(over: Over) {
    // Once: what the page still asks is refused meanwhile.
    if present().is_none() {
        return;
    }
    forget();
    if let Some(storage) = storage() {
        let text = match over {
            Over::Left(agent_id) => agent_id.to_string(),
            Over::Expired => String::new(),
        };
        drop(storage.set_item(OVER, &text));
    }
    go(routes::PEOPLE);
}

/// How a view in this tab ended, once.
pub fn take_over() -> Option<Over> {
    let storage = storage()?;
    let text = storage.get_item(OVER).ok().flatten()?;
    drop(storage.remove_item(OVER));
    Some(text.parse().map_or(Over::Expired, Over::Left))
}
