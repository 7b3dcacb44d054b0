//! The buttons at the end of a row: a place up, a place down, another name, away with it.

use crate::{
    i18n::lang,
    ui::{Icon, IconButton},
};
use leptos::prelude::*;

/// The buttons.
#[component]
pub fn RowTools(
    /// What the row is called.
    name: Memo<String>,
    /// Its place; none once it is gone.
    place: Memo<Option<usize>>,
    /// How many rows there are.
    #[prop(into)]
    count: Signal<usize>,
    /// Puts it to a place; the button with this `data-step` has the focus then.
    step: Callback<(usize, &'static str)>,
    /// What giving it another name is called.
    rename_label: fn(&str) -> String,
    /// Another name is typed.
    renaming: RwSignal<bool>,
    /// What deleting it is called.
    delete_label: fn(&str) -> String,
    /// It is to be deleted.
    doom: Callback<()>,
) -> impl IntoView {
    let is_first = Memo::new(move |_| place.get() == Some(0));
    let is_last = Memo::new(move |_| place.get().is_none_or(|place| place.saturating_add(1) >= count.get()));
    let here = move || place.get_untracked().unwrap_or_default();
    view! {
        <span data-step="up">
            <IconButton
                small=true
                icon=Icon::ArrowUp
                label=move || lang().tag_up(&name.get())
                disabled=is_first
                on:click=move |_| step.run((here().saturating_sub(1), "up"))
            />
        </span>
        <span data-step="down">
            <IconButton
                small=true
                icon=Icon::ArrowDown
                label=move || lang().tag_down(&name.get())
                disabled=is_last
                on:click=move |_| step.run((here().saturating_add(1), "down"))
            />
        </span>
        <span data-step="rename">
            <IconButton
                small=true
                icon=Icon::Pencil
                label=move || rename_label(&name.get())
                on:click=move |_| renaming.set(true)
            />
        </span>
        <IconButton
            small=true
            icon=Icon::Trash
            label=move || delete_label(&name.get())
            on:click=move |_| doom.run(())
        />
    }
}
