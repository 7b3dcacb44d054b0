//! Solves the puzzle that guards a public form, in slices, so that the page stays alive meanwhile.

use crate::api::public_api;
use client::rest::ApiError;
use js_sys::Promise;
use leptos::prelude::window;
use rules::proof_of_work::search;
use types::auth::{Challenge, Proof};
use wasm_bindgen_futures::JsFuture;

/// Tries of one slice: a few milliseconds, less than a frame.
const SLICE: u64 = 2_000;

/// A solved puzzle for a public form.
pub async fn for_form() -> Result<Proof, ApiError> {
    Ok(solve(public_api().create_challenge().await?).await)
}

/// Finds the number. The page paints and listens between slices.
pub async fn solve(challenge: Challenge) -> Proof {
    let mut from = 0;
    loop {
        if let Some(nonce) = search(&challenge.challenge, challenge.bits, from, SLICE) {
            return Proof { challenge: challenge.challenge, nonce };
        }
        from += SLICE;
        next_task().await;
    }
}

/// Lets the browser do what else it has to do.
async fn next_task() {
    let task = Promise::new(&mut |resolve, _| {
        // Without a timer the promise never resolves; a window always has timers.
        drop(window().set_timeout_with_callback(&resolve));
    });
    drop(JsFuture::from(task).await);
}
