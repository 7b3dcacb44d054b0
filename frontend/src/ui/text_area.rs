//! Several lines of text with label, hint and error.

use super::{unique_id, when_released};
use leptos::{prelude::*, text_prop::TextProp};

/// Several lines of text.
#[component]
pub fn TextArea(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// The text.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is expected.
    #[prop(into)]
    hint: TextProp,
    /// How much of the limit is used (`12/500`).
    #[prop(into)]
    count: TextProp,
    /// An example of the text.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// The wire name.
    name: &'static str,
    /// How many lines are shown.
    #[prop(default = 3)]
    rows: u16,
    /// Cannot be edited.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// The person left the field.
    on_leave: Callback<()>,
) -> impl IntoView {
    let id = unique_id("area");
    let note_id = format!("{id}-note");
    view! {
        <div class="field" class:field--error=move || error.with(Option::is_some)>
            <label class="field__label" for=id.clone()>{move || label.get()}</label>
            <div class="field__box" class:field__box--disabled=move || disabled.get()>
                <textarea
                    id=id.clone()
                    class="field__input field__input--area"
                    name=name
                    rows=rows
                    placeholder=move || placeholder.as_ref().map(|text| text.get().into_owned())
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=note_id.clone()
                    disabled=move || disabled.get()
                    prop:value=move || value.get()
                    on:input:target=move |event| {
                        value.set(event.target().value());
                        if error.try_with_untracked(Option::is_some) == Some(true) {
                            on_leave.try_run(());
                        }
                    }
                    on:blur=move |_| when_released(move || {
                        // It may be gone with its form, or with the page.
                        if !value.is_disposed() {
                            on_leave.try_run(());
                        }
                    })
                ></textarea>
            </div>
            <div class="field__foot">
                <p class="field__note" id=note_id aria-live="polite">
                    {move || error.get().unwrap_or_else(|| hint.get().into_owned())}
                </p>
                <span class="field__count" aria-hidden="true">{move || count.get()}</span>
            </div>
        </div>
    }
}
