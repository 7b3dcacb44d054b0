//! The last stage: how far the import has come, and what it came to. Its numbers and its faults are shown of a check as well.

use super::{
    Importing,
    columns::Bar,
    words::{state_text, table_language},
};
use crate::{
    components::form::ErrorPlace,
    i18n::{lang, t},
    ui::{Button, ButtonSize, ButtonVariant, Icon},
};
use leptos::prelude::*;
use rules::contact_imports::reason;
use types::contact_imports::{ContactImport, ImportFault};

/// The stage.
#[component]
pub fn Outcome(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let goes_on = Memo::new(move |_| importing.goes_on());
    let text = move || importing.shown.with(|shown| shown.as_ref().map(|import| state_text(lang(), import)));
    view! {
        <div class="import">
            <p class="import__head import__title" tabindex="-1" role="status">{text}</p>
            <Show when=move || goes_on.get()>
                <Bar importing />
                <p class="dialog__text">{t!(import_goes_on)}</p>
            </Show>
            <Counts importing />
            <Faults importing />
            <ErrorPlace text=importing.problem />
            <div class="dialog__actions import__actions">
                <Show when=move || goes_on.get()>
                    <Button busy=importing.busy on:click=move |_| importing.stop()>{t!(import_stop)}</Button>
                </Show>
                <Show when=move || !goes_on.get()>
                    <Button on:click=move |_| importing.forget(importing.channel_id.get_untracked())>
                        {t!(import_another)}
                    </Button>
                    <Button variant=ButtonVariant::Primary on:click=move |_| importing.open.set(false)>
                        {t!(import_done)}
                    </Button>
                </Show>
            </div>
        </div>
    }
}

/// What came of the rows.
#[component]
pub fn Counts(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let count = move |of: fn(&ContactImport) -> u32| {
        move || importing.shown.with(|shown| shown.as_ref().map(of).unwrap_or_default())
    };
    let failed = count(|import| import.failed);
    view! {
        <dl class="import__counts">
            <div>
                <dt>{t!(import_created)}</dt>
                <dd>{count(|import| import.created)}</dd>
            </div>
            <div>
                <dt>{t!(import_updated)}</dt>
                <dd>{count(|import| import.updated)}</dd>
            </div>
            <div>
                <dt>{t!(import_skipped)}</dt>
                <dd>{count(|import| import.skipped)}</dd>
            </div>
            <div class:import__count--failed=move || failed() != 0>
                <dt>{t!(import_failed)}</dt>
                <dd>{failed}</dd>
            </div>
        </dl>
    }
}

/// The first rows that have a fault, and a table of all of them.
#[component]
pub fn Faults(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let faults = Memo::new(move |_| -> Vec<ImportFault> {
        importing.shown.with(|shown| shown.as_ref().map(|import| import.faults.clone()).unwrap_or_default())
    });
    let failed = Memo::new(move |_| importing.shown.with(|shown| shown.as_ref().map_or(0, |import| import.failed)));
    let more = move || failed.get().saturating_sub(u32::try_from(faults.with(Vec::len)).unwrap_or(u32::MAX));
    let save = move |_| {
        if let Some(id) = importing.shown.with_untracked(|shown| shown.as_ref().map(|import| import.id)) {
            importing.save_failures(id);
        }
    };
    let column = |fault: &ImportFault| fault.column.clone().unwrap_or_else(|| lang().import_whole_row().to_owned());
    view! {
        <Show when=move || failed.get() != 0>
            <p class="dialog__text">{t!(import_failed_note)}</p>
            <table class="import__faults">
                <caption class="visually-hidden">{t!(import_faults)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t!(import_row)}</th>
                        <th scope="col">{t!(import_column)}</th>
                        <th scope="col">{t!(import_reason)}</th>
                    </tr>
                </thead>
                <tbody>
                    {move || faults
                        .get()
                        .into_iter()
                        .map(|fault| view! {
                            <tr>
                                <th scope="row">{fault.row}</th>
                                <td>{column(&fault)}</td>
                                <td>{reason(&fault, table_language(lang()))}</td>
                            </tr>
                        })
                        .collect_view()}
                </tbody>
            </table>
            <Show when=move || more() != 0>
                <p class="dialog__text">{move || lang().import_more_faults(more())}</p>
            </Show>
            <div>
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost icon=Icon::Download on:click=save>
                    {t!(import_failures)}
                </Button>
            </div>
        </Show>
    }
}
