//! A text to take along.

use super::{Button, ButtonSize, ButtonVariant, Icon, unique_id, use_toasts};
use leptos::{leptos_dom::helpers::set_timeout, prelude::*, task::spawn_local, text_prop::TextProp};
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/ui/copy.js")]
extern "C" {
    /// Puts a text into the clipboard.
    #[wasm_bindgen(js_name = copyText, catch)]
    pub async fn copy_text(text: &str) -> Result<(), JsValue>;
}

/// The words of a [`CopyField`].
#[derive(Clone)]
pub struct CopyLabels {
    /// On the button.
    pub copy: TextProp,
    /// On the button for a moment after it worked.
    pub copied: TextProp,
    /// When the browser would not.
    pub failed: TextProp,
}

/// A read-only text with a button that copies it. A click into the text selects it all.
#[component]
pub fn CopyField(
    /// What it is.
    #[prop(into)]
    label: TextProp,
    /// What it is for.
    #[prop(into)]
    hint: TextProp,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// The words.
    labels: CopyLabels,
    /// How many lines are shown.
    #[prop(default = 1)]
    rows: u16,
) -> impl IntoView {
    let id = unique_id("copy");
    let copied = RwSignal::new(false);
    let toasts = use_toasts();
    let CopyLabels { copy, copied: done, failed } = labels;
    let on_copy = move |_| {
        let failed = failed.clone();
        spawn_local(async move {
            if copy_text(&text.get_untracked()).await.is_err() {
                toasts.error(untrack(|| failed.get()).into_owned());
                return;
            }
            copied.set(true);
            set_timeout(
                move || {
                    if !copied.is_disposed() {
                        copied.set(false);
                    }
                },
                Duration::from_secs(2),
            );
        });
    };
    view! {
        <div class="field copy-field">
            <div class="copy-field__head">
                <label class="field__label" for=id.clone()>{move || label.get()}</label>
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost icon=Icon::Copy on:click=on_copy>
                    <span aria-live="polite">{move || if copied.get() { done.get() } else { copy.get() }}</span>
                </Button>
            </div>
            <textarea
                id=id.clone()
                class="copy-field__text"
                readonly
                rows=rows
                wrap="off"
                spellcheck="false"
                aria-describedby=format!("{id}-note")
                prop:value=move || text.get()
                on:focus:target=move |event| event.target().select()
            ></textarea>
            <p class="field__note" id=format!("{id}-note")>{move || hint.get()}</p>
        </div>
    }
}
