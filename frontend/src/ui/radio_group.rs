//! One of a few, all in sight.

use super::unique_id;
use leptos::{html, prelude::*, text_prop::TextProp};

/// One of the choices.
#[derive(Clone)]
pub struct Choice<T> {
    /// What choosing it means.
    pub value: T,
    /// In words.
    pub label: TextProp,
    /// A few more words, shown below.
    pub note: Option<TextProp>,
}

impl<T> Choice<T> {
    /// A choice without a note.
    pub fn new(value: T, label: impl Into<TextProp>) -> Self {
        Self { value, label: label.into(), note: None }
    }

    /// The choice with a note.
    #[must_use]
    pub fn noted(mut self, note: impl Into<TextProp>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// One of a few choices, shown as a row of cards. Arrow keys move, as in every radio group.
#[component]
pub fn RadioGroup<T>(
    /// What is asked.
    #[prop(into)]
    legend: TextProp,
    /// The choices.
    choices: Vec<Choice<T>>,
    /// The chosen one.
    #[prop(into)]
    value: Signal<T>,
    /// Another was chosen.
    on_choose: Callback<T>,
    /// Nothing can be chosen.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let name = unique_id("radio");
    let inputs: Vec<(T, NodeRef<html::Input>)> = choices.iter().map(|choice| (choice.value, NodeRef::new())).collect();
    // The browser marks what was pressed; what holds is the value, which changes only once the choice has taken effect.
    let show_value = StoredValue::new(inputs.clone());
    let choose = move |chosen: T| {
        on_choose.run(chosen);
        show_value.try_with_value(|inputs| {
            for (own, input) in inputs {
                if let Some(input) = input.get_untracked() {
                    input.set_checked(value.get_untracked() == *own);
                }
            }
        });
    };
    let choices = choices
        .into_iter()
        .zip(inputs)
        .map(|(Choice { value: own, label, note }, (_, input))| {
            let id = unique_id("choice");
            let note_id = format!("{id}-note");
            view! {
                <label class="radio-group__choice" for=id.clone()>
                    <input
                        node_ref=input
                        class="radio-group__input"
                        type="radio"
                        id=id.clone()
                        name=name.clone()
                        aria-describedby=note.is_some().then(|| note_id.clone())
                        aria-labelledby=format!("{id}-label")
                        disabled=move || disabled.get()
                        prop:checked=move || value.get() == own
                        on:change=move |_| choose(own)
                    />
                    <span class="radio-group__text">
                        <span id=format!("{id}-label")>{move || label.get()}</span>
                        {note
                            .map(|note| {
                                view! {
                                    <span class="radio-group__note" id=note_id>
                                        {move || note.get()}
                                    </span>
                                }
                            })}
                    </span>
                </label>
            }
        })
        .collect_view();
    let legend_id = unique_id("legend");
    view! {
        <div class="radio-group" role="radiogroup" aria-labelledby=legend_id.clone()>
            <span class="field__label" id=legend_id.clone()>{move || legend.get()}</span>
            <div class="radio-group__choices">{choices}</div>
        </div>
    }
}
