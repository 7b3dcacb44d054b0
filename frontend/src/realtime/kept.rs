//! Messages on their way, where they survive a reload.

use client::outbox::Outgoing;
use types::id::{AgentId, Nonce};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/realtime/kept.js")]
extern "C" {
    #[wasm_bindgen(js_name = load)]
    async fn load_texts(owner: &str) -> JsValue;
    #[wasm_bindgen(js_name = keep)]
    fn keep_text(owner: &str, nonce: &str, message: &str);
    #[wasm_bindgen(js_name = forget)]
    fn forget_text(nonce: &str);
}

/// What an earlier run kept for this agent.
pub(super) async fn load(owner: AgentId) -> Vec<Outgoing> {
    let texts = js_sys::Array::from(&load_texts(&owner.to_string()).await);
    // What an older version wrote and this one cannot read is left where it is.
    texts.iter().filter_map(|text| types::json::from_str(&text.as_string()?).ok()).collect()
}

/// Keeps a message, or its new standing; of what it answers to no word, because signing out leaves it here.
pub(super) fn keep(owner: AgentId, message: &Outgoing) {
    if let Ok(text) = serde_json::to_string(message) {
        keep_text(&owner.to_string(), &message.nonce.to_string(), &text);
    }
}

/// Forgets a message.
pub(super) fn forget(nonce: Nonce) {
    forget_text(&nonce.to_string());
}
