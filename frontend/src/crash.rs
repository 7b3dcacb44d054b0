//! What the person sees when the console has broken: a page that no longer answers says so, and how to go on.

use crate::i18n::lang_now;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/crash.js")]
extern "C" {
    #[wasm_bindgen(js_name = show)]
    fn show_notice(text: &str, reload: &str);
}

/// Watches for panics. After one nothing of the application can be relied on, so the notice is plain JavaScript.
pub fn watch() {
    std::panic::set_hook(Box::new(|panic| {
        leptos::logging::error!("{panic}");
        show_notice(lang_now().crashed(), lang_now().reload_page());
    }));
}
