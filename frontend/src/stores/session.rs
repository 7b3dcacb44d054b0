//! Who is signed in.
//!
//! The access token lives in memory only; the refresh token is a cookie that no script can read. A reload, or a token
//! near its end, asks for a fresh one. Refreshing rotates the cookie, so it is done by one tab at a time.

use super::{
    agent_view::{self, AgentView, Over},
    alerts, composing,
    exclusive::Turn,
    storage::{self, Key},
};
use crate::{
    api::{api_of, public_api},
    i18n::format,
    routes,
};
use leptos::prelude::*;
use rules::permissions::{Permission, can};
use std::sync::atomic::{AtomicBool, Ordering};
use types::{agents::Me, auth::SignedIn, error::ErrorCode, time::Timestamp};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// A token is renewed this long before it expires, so that no request starts with one that ends on the way.
const MARGIN_SECONDS: i64 = 45;
/// The name of the tabs' channel and of their lock.
const SHARED_NAME: &str = "parlor.session";
const TOLD_SIGNED_IN: &str = "signed_in";
const TOLD_SIGNED_OUT: &str = "signed_out";

/// Where signing in stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not known yet: the page has just opened.
    Unknown,
    /// The server could not be asked.
    Unreachable,
    /// Nobody.
    SignedOut(SignedOut),
    /// Somebody.
    SignedIn,
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOut {
    /// Nobody was.
    Never,
    /// The session ended: revoked, expired, or the password changed.
    Ended,
}

#[derive(Clone)]
struct Token {
    text: String,
    renew_at: Timestamp,
}

/// The session is over, and the page on its way to the login.
static LEAVING: AtomicBool = AtomicBool::new(false);

/// Whether the page is being left because nobody is signed in any more: what would ask to stay has nothing left to save with.
pub fn is_leaving() -> bool {
    LEAVING.load(Ordering::Relaxed)
}

/// Who is signed in. `Copy`; get it by [`use_session`].
#[derive(Clone, Copy)]
pub struct Session {
    standing: RwSignal<Standing>,
    me: RwSignal<Option<Me>>,
    token: StoredValue<Option<Token>>,
    /// The colleague's console that this tab looks at instead of one's own, for as long as the page lives.
    view: StoredValue<Option<AgentView>>,
    /// One object for hearing and telling: a channel does not hear itself.
    other_tabs: StoredValue<Option<BroadcastChannel>, LocalStorage>,
}

/// Who is signed in.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Makes the session available below and finds out whether the cookie still stands for somebody.
    pub fn provide() {
        let session = Self {
            standing: RwSignal::new(Standing::Unknown),
            me: RwSignal::new(None),
            token: StoredValue::new(None),
            view: StoredValue::new(agent_view::present()),
            other_tabs: StoredValue::new_local(BroadcastChannel::new(SHARED_NAME).ok()),
        };
        provide_context(session);
        session.listen_to_other_tabs();
        session.restore();
    }

    /// Where signing in stands.
    pub fn standing(self) -> Standing {
        self.standing.get()
    }

    /// The agent who is signed in.
    pub fn me(self) -> Option<Me> {
        self.me.get()
    }

    /// Whether the agent may do this; no for nobody.
    pub fn may(self, permission: Permission) -> bool {
        self.me.with(|me| me.as_ref().is_some_and(|me| can(me, permission).is_ok()))
    }

    /// The agent at this moment, for event handlers.
    pub fn me_now(self) -> Option<Me> {
        self.me.get_untracked()
    }

    /// Takes over what has become known of the agent's own account.
    pub fn set_me(self, me: Me) {
        self.me.set(Some(me));
    }

    /// The colleague's console that is looked at, if it is not one's own.
    pub fn view(self) -> Option<AgentView> {
        self.view.get_value()
    }

    /// Whether a colleague's console is looked at: nothing is done by itself that would change something.
    pub fn is_view(self) -> bool {
        self.view.with_value(Option::is_some)
    }

    /// Asks the server who the cookie stands for, or the view.
    pub fn restore(self) {
        if let Some(view) = self.view() {
            self.restore_view(view);
            return;
        }
        if storage::read(Key::SignedIn).is_none() {
            // The page that was signed out may have left before it could.
            alerts::withdraw_all();
            self.standing.set(Standing::SignedOut(SignedOut::Never));
            return;
        }
        self.standing.set(Standing::Unknown);
        leptos::task::spawn_local(async move {
            self.renew("").await;
        });
    }

    fn restore_view(self, view: AgentView) {
        // Nothing renews it: the server says when it is over.
        self.token.set_value(Some(Token { text: view.token, renew_at: Timestamp(i64::MAX) }));
        self.standing.set(Standing::Unknown);
        let api = api_of(self);
        leptos::task::spawn_local(async move {
            match api.get_me().await {
                Ok(me) => {
                    self.me.set(Some(me));
                    self.standing.set(Standing::SignedIn);
                }
                Err(_) => self.standing.set(Standing::Unreachable),
            }
        });
    }

    /// Somebody has just signed in.
    pub fn begin(self, signed_in: SignedIn) {
        self.take(signed_in);
        self.tell_other_tabs(TOLD_SIGNED_IN);
    }

    /// The agent chose to sign out; the server has been told.
    pub fn leave(self) {
        self.tell_other_tabs(TOLD_SIGNED_OUT);
        self.end(routes::LOGIN.to_owned());
    }

    /// An access token with some life left, renewed if need be; nothing when nobody is signed in.
    pub async fn token(self) -> Option<String> {
        let token = self.token.get_value()?;
        if format::now() < token.renew_at { Some(token.text) } else { self.renew(&token.text).await }
    }

    /// A fresh access token in place of one that the server does not take any more. Whoever asks while a renewal is under
    /// way gets its outcome. Nothing when the session is over: then the pages lead to the login by themselves.
    pub async fn renew(self, stale: &str) -> Option<String> {
        if self.is_view() {
            LEAVING.store(true, Ordering::Relaxed);
            agent_view::leave(Over::Expired);
            return None;
        }
        let _turn = Turn::at(SHARED_NAME).await;
        if let Some(token) = self.token.get_value().filter(|token| token.text != stale) {
            return Some(token.text);
        }
        match public_api().refresh_session().await {
            Ok(signed_in) => {
                let text = signed_in.access_token.clone();
                self.take(signed_in);
                Some(text)
            }
            Err(error) if error.code() == Some(ErrorCode::Unauthenticated) => {
                self.end(routes::login_again(&here()));
                None
            }
            Err(_) => {
                // No answer is no verdict: a page that is open goes on and tries again with its next request.
                if self.me.with_untracked(Option::is_none) {
                    self.standing.set(Standing::Unreachable);
                }
                None
            }
        }
    }

    fn take(self, signed_in: SignedIn) {
        if self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id != signed_in.me.id)) {
            // Somebody else signed in in another tab: theirs is another console.
            alerts::withdraw_all();
            drop(window().location().reload());
            return;
        }
        let lasts = i64::from(signed_in.expires_in).saturating_sub(MARGIN_SECONDS).max(1);
        let renew_at = format::now().plus_seconds(lasts);
        self.token.set_value(Some(Token { text: signed_in.access_token, renew_at }));
        storage::write(Key::SignedIn, Some("1"));
        if self.me.with_untracked(|me| me.as_ref() != Some(&signed_in.me)) {
            self.me.set(Some(signed_in.me));
        }
        if self.standing.with_untracked(|standing| *standing != Standing::SignedIn) {
            self.standing.set(Standing::SignedIn);
        }
    }

    /// Nobody is signed in any more. The page is thrown away, and with it all that it knows of the agent.
    fn end(self, login: String) {
        storage::write(Key::SignedIn, None);
        agent_view::forget();
        composing::forget_quotes();
        alerts::withdraw_all();
        self.token.set_value(None);
        if self.me.with_untracked(Option::is_none) {
            self.standing.set(Standing::SignedOut(SignedOut::Ended));
        } else {
            LEAVING.store(true, Ordering::Relaxed);
            // An address of this site is always taken.
            drop(window().location().assign(&login));
        }
    }

    /// Signing in or out in one tab is heard by the others: they share the cookie.
    fn listen_to_other_tabs(self) {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            match event.data().as_string().as_deref() {
                Some(TOLD_SIGNED_OUT) if self.me.with_untracked(Option::is_some) => self.end(routes::LOGIN.to_owned()),
                // Whoever signed in there is who the cookie stands for now, also here.
                Some(TOLD_SIGNED_IN) if !self.is_view() => {
                    self.token.set_value(None);
                    self.restore_quietly();
                }
                _ => {}
            }
        });
        self.other_tabs.with_value(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            }
        });
        // It listens as long as the page lives.
        heard.forget();
    }

    fn tell_other_tabs(self, what: &str) {
        self.other_tabs.with_value(|channel| {
            if let Some(channel) = channel {
                // A tab that does not hear finds out with its next request.
                drop(channel.post_message(&JsValue::from_str(what)));
            }
        });
    }

    fn restore_quietly(self) {
        leptos::task::spawn_local(async move {
            self.renew("").await;
        });
    }
}

/// Where the person is.
fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// The address to go to after signing in, when it is one of ours: a path of this site, never another host.
pub fn safe_return(address: &str) -> Option<&str> {
    let inside = address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\n', '\r', '\t']);
    (inside && !address.starts_with("/login")).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_returned_to() {
        for own in ["/inbox", "/inbox/1?x=y", "/channels/new?kind=website"] {
            assert_eq!(safe_return(own), Some(own));
        }
        for foreign in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "inbox",
            "/\t/evil.example",
            "/login?return=/login",
        ] {
            assert_eq!(safe_return(foreign), None, "{foreign}");
        }
    }
}
