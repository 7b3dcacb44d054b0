//! One of many that change while one looks on, which the list of [`crate::ui::Select`] does not.

use crate::ui::{Icon, IconView, unique_id};
use leptos::{prelude::*, text_prop::TextProp};

/// One of the choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What choosing it means.
    pub value: String,
    /// In words.
    pub words: String,
    /// It cannot be chosen now.
    pub taken: bool,
}

/// One of many, folded away.
#[component]
pub fn Pick(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// The question is seen from what stands around it.
    #[prop(optional)]
    quiet: bool,
    /// The choices.
    offers: Memo<Vec<Offer>>,
    /// The chosen one.
    #[prop(into)]
    value: Signal<String>,
    /// Another was chosen.
    on_choose: Callback<String>,
    /// Nothing can be chosen.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = unique_id("pick");
    let options = move || {
        let chosen = value.get();
        offers
            .get()
            .into_iter()
            .map(|Offer { value, words, taken }| {
                let is_chosen = value == chosen;
                view! { <option value=value disabled=taken && !is_chosen prop:selected=is_chosen>{words}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field import__pick">
            <label class="field__label" class:visually-hidden=quiet for=id.clone()>{move || label.get()}</label>
            <div class="field__box select" class:field__box--disabled=move || disabled.get()>
                <select
                    class="field__input select__input"
                    id=id.clone()
                    disabled=move || disabled.get()
                    on:change:target=move |event| on_choose.run(event.target().value())
                >
                    {options}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
        </div>
    }
}
