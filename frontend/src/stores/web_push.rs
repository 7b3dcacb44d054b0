//! Web Push: new messages reach this browser although no console is open in it.
//!
//! What the person wants stands with the other alerts, and holds in every tab; bringing browser and server to it is done by one tab
//! at a time, each from what is wanted then.

use super::alerts::{Alerts, Permission, Wanted, use_alerts};
use super::exclusive::Turn;
use super::session::use_session;
use super::storage::{self, Key};
use crate::api::{ConsoleApi, use_api};
use crate::i18n::{lang, lang_now};
use crate::ui::effect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use types::push::{PushLanguage, QuietHours, SetPushSubscription};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/stores/web_push.js")]
extern "C" {
    fn supported() -> bool;
    #[wasm_bindgen(catch)]
    async fn subscribe(key: &str, wanted: &str, sound: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn unsubscribe() -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    async fn listen(open: &Closure<dyn FnMut(String)>) -> Result<(), JsValue>;
}

/// Where Web Push stands in this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not wanted.
    Off,
    /// On its way.
    Busy,
    /// New messages are pushed here.
    On,
    /// Wanted, but the browser or the server could not.
    Failed,
    /// Wanted, but the person has not allowed notifications yet.
    Unasked,
    /// The browser blocks notifications.
    Blocked,
    /// This browser has none, here.
    Unsupported,
    /// The operator has switched it off.
    Unavailable,
}

/// Web Push in this browser. `Copy`.
#[derive(Clone, Copy)]
pub struct WebPush {
    standing: RwSignal<Standing>,
    again: RwSignal<u32>,
}

/// Web Push in this browser.
pub fn use_web_push() -> WebPush {
    expect_context()
}

/// Brings browser and server to what is wanted, now and whenever that changes; ends with the present scope.
pub(super) fn provide_web_push() {
    let (alerts, api, session) = (use_alerts(), use_api(), use_session());
    let push = WebPush { standing: RwSignal::new(Standing::Off), again: RwSignal::new(0) };
    provide_context(push);
    let clicked = Closure::<dyn FnMut(String)>::new(move |id: String| {
        if let Ok(id) = id.parse() {
            alerts.open(id);
        }
    });
    spawn_local(async move {
        drop(listen(&clicked).await);
        // The browser calls it for as long as the page lives.
        clicked.forget();
    });
    let wanted = Memo::new(move |_| {
        let wanted = alerts.wanted();
        (
            wanted.push && wanted.enabled,
            (wanted.quiet, wanted.sound, wanted.mine_only),
            alerts.permission(),
            lang(),
            push.again.get(),
        )
    });
    effect(move || {
        let (on, _, permission, ..) = wanted.get();
        // What this browser is told is its owner's, who looks at somebody else's console.
        if session.is_view() {
            return;
        }
        if let Some(standing) = settled(on, supported(), permission) {
            push.standing.set(standing);
            if on || storage::read(Key::Pushed).is_none() {
                return;
            }
        } else {
            push.standing.set(Standing::Busy);
        }
        let api = api.clone();
        spawn_local(async move { push.bring(alerts, api).await });
    });
}

/// Where it stands without anything being done; nothing when the browser and the server are to be asked.
fn settled(on: bool, supported: bool, permission: Permission) -> Option<Standing> {
    match (on, supported, permission) {
        (_, false, _) | (_, _, Permission::Unsupported | Permission::Insecure) => Some(Standing::Unsupported),
        (_, _, Permission::Denied) => Some(Standing::Blocked),
        (false, ..) => Some(Standing::Off),
        (true, _, Permission::Unasked) => Some(Standing::Unasked),
        (true, _, Permission::Granted) => None,
    }
}

impl WebPush {
    /// Where it stands.
    pub fn standing(self) -> Standing {
        self.standing.get()
    }

    /// Tries again what failed.
    pub fn try_again(self) {
        self.again.update(|again| *again = again.wrapping_add(1));
    }

    /// Brings browser and server to what is wanted at this moment.
    async fn bring(self, alerts: Alerts, api: ConsoleApi) {
        let _turn = Turn::at("parlor.push").await;
        let Some(wanted) = alerts.wanted_now() else { return };
        if !(wanted.push && wanted.enabled) {
            // What fails is tried again at the next start: the server removes it with the sign-in at the latest. The browser's own part
            // may be of somebody who was signed in here before, and ends whatever the server says.
            let (told, ended) = (api.remove_push_subscription().await.is_ok(), unsubscribe().await.is_ok());
            if told && ended {
                storage::write(Key::Pushed, None);
            }
            return;
        }
        // Said before it is tried: what is half done is taken back as well, by whoever signs in here and wants none.
        storage::write(Key::Pushed, Some("1"));
        self.standing.try_set(set(&api, wanted).await.unwrap_or(Standing::Failed));
    }
}

async fn set(api: &ConsoleApi, wanted: Wanted) -> Option<Standing> {
    let Some(key) = api.get_push_subscription().await.ok()?.public_key else { return Some(Standing::Unavailable) };
    // The browser's own part is filled in once it has given it.
    let mut told = SetPushSubscription {
        endpoint: String::new(),
        p256dh: String::new(),
        auth: String::new(),
        language: PushLanguage::parse(lang_now().tag()).unwrap_or_default(),
        quiet: wanted.quiet.map(|(from, to)| QuietHours { from, to }),
        mine_only: wanted.mine_only,
        utc_offset_minutes: utc_offset_minutes(),
    };
    let given = js_sys::Array::from(&subscribe(&key, &serde_json::to_string(&told).ok()?, wanted.sound).await.ok()?);
    told.endpoint = given.get(0).as_string()?;
    told.p256dh = given.get(1).as_string()?;
    told.auth = given.get(2).as_string()?;
    api.set_push_subscription(&told).await.ok()?;
    Some(Standing::On)
}

/// How many minutes the clock here is ahead of UTC.
fn utc_offset_minutes() -> i16 {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "at most 14 hours")]
    let behind = js_sys::Date::new_0().get_timezone_offset() as i16;
    behind.saturating_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_of_anybody_before_the_person_wants_it_and_allows_it() {
        assert_eq!(settled(false, true, Permission::Granted), Some(Standing::Off));
        assert_eq!(settled(true, true, Permission::Unasked), Some(Standing::Unasked));
        assert_eq!(settled(true, true, Permission::Granted), None);
    }

    #[test]
    fn what_cannot_be_is_said_before_it_is_wanted() {
        assert_eq!(settled(false, false, Permission::Granted), Some(Standing::Unsupported));
        assert_eq!(settled(false, true, Permission::Denied), Some(Standing::Blocked));
    }
}
