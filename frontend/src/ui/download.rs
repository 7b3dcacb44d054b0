//! Saving what an address has.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Lets the browser save what an address has: however large it is, it never is in the page's memory.
pub fn download(path: &str) {
    let Ok(link) = document().create_element("a") else { return };
    // Attributes of a link take any text.
    drop(link.set_attribute("href", path));
    drop(link.set_attribute("download", ""));
    if let Ok(link) = link.dyn_into::<HtmlElement>() {
        link.click();
    }
}
