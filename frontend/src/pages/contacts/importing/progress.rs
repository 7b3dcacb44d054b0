//! The line on the page that tells how far an import has come, and what it came to: also after a reload.

use super::{
    Importing,
    state::Stage,
    words::{counts_text, state_text},
};
use crate::{
    i18n::{lang, t},
    ui::{Button, ButtonSize, ButtonVariant, Icon, IconButton},
};
use leptos::prelude::*;

/// The line.
#[component]
pub fn ImportProgress(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let is_shown = Memo::new(move |_| importing.stage() == Stage::Outcome);
    let goes_on = Memo::new(move |_| importing.goes_on());
    let words = move || {
        importing.shown.with(|shown| {
            let import = shown.as_ref()?;
            Some((state_text(lang(), import), counts_text(lang(), import)))
        })
    };
    let percent = move || importing.shown.with(|shown| shown.as_ref().map_or(0, |import| import.percent));
    view! {
        <Show when=move || is_shown.get()>
            <section class="contacts__tagging" aria-label=t!(import_contacts)>
                <div class="contacts__tagging-words" role="status">
                    {move || words().map(|(head, counts)| view! {
                        <p class="contacts__tagging-head">{head}</p>
                        <p class="contacts__tagging-counts">{counts}</p>
                    })}
                </div>
                <Show when=move || goes_on.get()>
                    <progress
                        class="contacts__bar"
                        max="100"
                        prop:value=move || f64::from(percent())
                        aria-label=t!(import_progress)
                    ></progress>
                </Show>
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost on:click=move |_| importing.open.set(true)>
                    {t!(import_details)}
                </Button>
                <Show when=move || !goes_on.get()>
                    <IconButton
                        small=true
                        icon=Icon::Close
                        label=t!(dismiss)
                        on:click=move |_| importing.shown.set(None)
                    />
                </Show>
            </section>
        </Show>
    }
}
