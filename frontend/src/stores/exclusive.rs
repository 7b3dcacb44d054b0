//! A turn at something that only one tab of the browser may do at a time.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/stores/exclusive.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn acquire(name: &str) -> Result<JsValue, JsValue>;
}

/// The turn. It ends when this is dropped, or with the tab.
pub struct Turn(Option<Function>);

impl Turn {
    /// Waits for the turn at `name`.
    pub async fn at(name: &str) -> Self {
        // Where locks are refused (a sandboxed frame), going on without one costs at worst a second refresh.
        Self(acquire(name).await.ok().and_then(|release| release.dyn_into().ok()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            // Resolving a promise does not throw.
            drop(release.call0(&JsValue::UNDEFINED));
        }
    }
}
