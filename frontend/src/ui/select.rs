//! One of many, folded away.

use super::{Icon, IconView, unique_id};
use leptos::{prelude::*, text_prop::TextProp};

/// One of many: the browser's own list, which every phone and screen reader knows.
#[component]
pub fn Select(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// Value and words of each choice.
    choices: Vec<(&'static str, TextProp)>,
    /// The chosen value.
    #[prop(into)]
    value: Signal<&'static str>,
    /// Another was chosen.
    on_choose: Callback<String>,
) -> impl IntoView {
    let id = unique_id("select");
    let choices = choices
        .into_iter()
        .map(|(own, words)| {
            view! {
                <option value=own prop:selected=move || value.get() == own>
                    {move || words.get()}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{move || label.get()}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id=id.clone()
                    on:change:target=move |event| on_choose.run(event.target().value())
                >
                    {choices}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
        </div>
    }
}
