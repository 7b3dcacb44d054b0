//! The browser, as `js/platform.js` offers it.

use crate::bridge::Bridge;
use crate::wire::Json;
use wasm_bindgen::prelude::*;
use web_sys::ShadowRoot;

/// What the one listener hears. `js/platform.js` has the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// What the outbox's store held.
    Kept,
    /// The lock for opening a session.
    Locked,
    /// An answer to a request.
    Answered,
    /// A frame of the socket, parsed.
    Frame,
    /// The socket closed, with its code.
    Closed,
    /// The timer.
    Tick,
    /// The network is back, or the page is looked at again.
    Wake,
    /// The network is gone.
    Offline,
    /// The page is put aside.
    Suspend,
    /// The page is hidden.
    Hidden,
    /// The panel was opened or closed.
    Moved,
    /// The log was scrolled.
    Scrolled,
    /// The text in the field.
    Typed,
    /// A file was uploaded: what a message with it says.
    Uploaded,
    /// The session is to be opened anew.
    Renew,
}

impl Heard {
    const ALL: [Self; 15] = [
        Self::Kept,
        Self::Locked,
        Self::Answered,
        Self::Frame,
        Self::Closed,
        Self::Tick,
        Self::Wake,
        Self::Offline,
        Self::Suspend,
        Self::Hidden,
        Self::Moved,
        Self::Scrolled,
        Self::Typed,
        Self::Uploaded,
        Self::Renew,
    ];

    /// What this number stands for.
    pub(crate) fn of(number: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

#[wasm_bindgen(module = "/js/platform.js")]
extern "C" {
    fn member(value: &JsValue, key: &str) -> JsValue;
    #[wasm_bindgen(js_name = items)]
    fn list(value: &JsValue) -> Option<Vec<JsValue>>;
    #[wasm_bindgen(js_name = millis)]
    fn time(value: &JsValue) -> f64;

    /// Unix milliseconds.
    #[wasm_bindgen(js_name = now)]
    fn clock_now() -> f64;
    fn random() -> Vec<u8>;
    #[wasm_bindgen(js_name = wakeIn)]
    pub(crate) fn wake_in(ms: f64);

    #[wasm_bindgen(js_name = pageFacts)]
    pub(crate) fn page_facts() -> Vec<String>;
    pub(crate) fn hidden() -> bool;

    pub(crate) fn request(url: &str, method: &str, token: Option<String>, body: Option<String>, about: &JsValue);
    pub(crate) fn lock(name: &str, call: u32);
    pub(crate) fn release(lock: &JsValue);

    pub(crate) fn dial(url: &str);
    #[wasm_bindgen(js_name = hangUp)]
    pub(crate) fn hang_up();
    pub(crate) fn say(text: &str);

    #[wasm_bindgen(js_name = takeUp)]
    pub(crate) fn take_up(key: &str);
    pub(crate) fn keep(key: &str, nonce: &str, at: f64, text: &str, failed: &str, file: Option<String>);
    pub(crate) fn forget(nonce: &str);

    pub(crate) fn listen(bridge: &Bridge, listener: &JsValue, lack: &str);
    pub(crate) fn adopt(root: &ShadowRoot, css: &str);

    #[wasm_bindgen(js_name = focusField)]
    pub(crate) fn focus_field();
    #[wasm_bindgen(js_name = offerField)]
    pub(crate) fn offer_field();
    #[wasm_bindgen(js_name = takeText)]
    pub(crate) fn take_text() -> String;
    #[wasm_bindgen(js_name = standOn)]
    pub(crate) fn stand_on(emoji: usize);

    #[wasm_bindgen(js_name = fromEnd)]
    pub(crate) fn from_end() -> f64;
    #[wasm_bindgen(js_name = fromStart)]
    pub(crate) fn from_start() -> f64;
    #[wasm_bindgen(js_name = toEnd)]
    pub(crate) fn to_end();
    pub(crate) fn anchor(above: bool);

    pub(crate) fn clock(lang: &str, at: f64) -> String;
    pub(crate) fn day(at: f64) -> f64;
    #[wasm_bindgen(js_name = dayName)]
    pub(crate) fn day_name(lang: &str, at: f64) -> String;

    /// Shows the channel's form, or takes it away.
    pub(crate) fn ask(now: bool);

    pub(crate) fn chime();
    pub(crate) fn muted(key: &str, value: Option<bool>) -> bool;
}

#[wasm_bindgen(module = "/js/pictures.js")]
extern "C" {
    pub(crate) fn follow(bridge: &Bridge, back: &str, on: &str, shut: &str);
}

#[wasm_bindgen(module = "/js/files.js")]
extern "C" {
    pub(crate) fn allow(bytes: f64, live: bool);
}

/// Milliseconds as the wire has them. JavaScript's numbers are whole up to 2^53.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "saturates; there is no other way from f64"
)]
pub(crate) fn whole(number: f64) -> i64 {
    number as i64
}

/// Milliseconds as JavaScript has them.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "times and sequence numbers are far below 2^53")]
pub(crate) fn float(number: i64) -> f64 {
    number as f64
}

/// The present time.
pub(crate) fn now() -> types::time::Timestamp {
    types::time::Timestamp(whole(clock_now()))
}

/// Random bytes for ids and jitter.
pub(crate) fn random_bytes() -> [u8; 16] {
    random().try_into().unwrap_or_default()
}

impl Json for JsValue {
    fn get(&self, key: &str) -> Option<Self> {
        Some(member(self, key)).filter(|value| !value.is_undefined())
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn integer(&self) -> Option<i64> {
        self.as_f64().filter(|number| number.fract() == 0.0).map(whole)
    }

    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }

    fn items(&self) -> Option<Vec<Self>> {
        list(self)
    }

    fn millis(&self) -> Option<i64> {
        Some(time(self)).filter(|at| !at.is_nan()).map(whole)
    }
}
