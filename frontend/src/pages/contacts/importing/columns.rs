//! The second stage: what the columns are, whose contacts the rows become, and what a check of all of them came to.

use super::{
    Importing,
    outcome::{Counts, Faults},
    pick::{Offer, Pick},
    words::field_name,
};
use crate::{
    components::form::ErrorPlace,
    i18n::{lang, t},
    stores::{custom_fields::use_custom_fields, live::use_channels},
    ui::{Button, ButtonVariant, Choice, RadioGroup},
};
use leptos::prelude::*;
use types::contact_imports::{ImportDuplicates, ImportField};

/// The fields that every contact has.
const FIELDS: [ImportField; 5] = [
    ImportField::Name {},
    ImportField::Phone {},
    ImportField::Remark {},
    ImportField::Tags {},
    ImportField::ExternalId {},
];
/// Rows of which a column shows what stands there.
const EXAMPLES: usize = 3;

/// The stage.
#[component]
pub fn Columns(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let is_checking = Memo::new(move |_| importing.goes_on());
    let is_checked = Memo::new(move |_| importing.is_checked());
    let can_begin = Memo::new(move |_| importing.request(true).is_some());
    let number = move |of: fn(&types::contact_imports::ContactImport) -> u32| {
        importing.shown.with(|shown| shown.as_ref().map(of).unwrap_or_default())
    };
    let rows = move || number(|import| import.rows);
    let good = Memo::new(move |_| number(|import| import.created.saturating_add(import.updated)));
    let width = move || importing.fields.with(Vec::len);
    // Where the check is done, what it came to is what one looks for.
    let missing = move || match importing.channel_id.get() {
        None => lang().import_no_channel(),
        Some(_) => lang().import_nobody_known(),
    };
    view! {
        <div class="import">
            <p class="import__head" tabindex="-1">{move || lang().import_about(rows(), width())}</p>
            <Channel importing disabled=is_checking />
            <table class="import__columns">
                <thead>
                    <tr>
                        <th scope="col">{t!(import_column)}</th>
                        <th scope="col">{t!(import_examples)}</th>
                        <th scope="col">{t!(import_becomes)}</th>
                    </tr>
                </thead>
                <tbody>
                    {(0..importing.fields.with_untracked(Vec::len))
                        .map(|place| view! { <Column importing place disabled=is_checking /> })
                        .collect_view()}
                </tbody>
            </table>
            <RadioGroup
                legend=t!(import_duplicates)
                choices=vec![
                    Choice::new(ImportDuplicates::Skip, t!(import_skip)).noted(t!(import_skip_note)),
                    Choice::new(ImportDuplicates::Update, t!(import_update)).noted(t!(import_update_note)),
                ]
                value=importing.duplicates
                on_choose=Callback::new(move |chosen| importing.duplicates.set(chosen))
                disabled=is_checking
            />
            <Show when=move || !can_begin.get()>
                <p class="import__missing" role="status">{missing}</p>
            </Show>
            <Show when=move || is_checking.get()>
                <Bar importing />
            </Show>
            <Show when=move || is_checked.get()>
                <section class="import__checked" aria-label=t!(import_check)>
                    <p role="status">{move || lang().import_checked(rows())}</p>
                    <Counts importing />
                    <Faults importing />
                </section>
            </Show>
            <ErrorPlace text=importing.problem />
            <div class="dialog__actions import__actions">
                <Show when=move || is_checking.get()>
                    <Button busy=importing.busy on:click=move |_| importing.stop()>{t!(import_stop)}</Button>
                </Show>
                <Show when=move || !is_checking.get()>
                    <Button
                        variant=ButtonVariant::Ghost
                        disabled=importing.busy
                        on:click=move |_| importing.discard()
                    >
                        {t!(import_other)}
                    </Button>
                </Show>
                <Show when=move || !is_checking.get() && !is_checked.get()>
                    <Button
                        variant=ButtonVariant::Primary
                        busy=importing.busy
                        disabled=Signal::derive(move || !can_begin.get())
                        on:click=move |_| importing.start(true)
                    >
                        {t!(import_check)}
                    </Button>
                </Show>
                <Show when=move || is_checked.get()>
                    <Button
                        variant=ButtonVariant::Primary
                        busy=importing.busy
                        disabled=Signal::derive(move || good.get() == 0)
                        on:click=move |_| importing.start(false)
                    >
                        {move || lang().import_start(good.get())}
                    </Button>
                </Show>
            </div>
        </div>
    }
}

/// How far it has come.
#[component]
pub fn Bar(
    /// The import.
    importing: Importing,
) -> impl IntoView {
    let percent = move || importing.shown.with(|shown| shown.as_ref().map_or(0, |import| import.percent));
    view! {
        <progress
            class="import__bar"
            max="100"
            prop:value=move || f64::from(percent())
            aria-label=t!(import_progress)
        ></progress>
    }
}

/// Whose contacts they become.
#[component]
fn Channel(importing: Importing, disabled: Memo<bool>) -> impl IntoView {
    let channels = use_channels();
    let offers = Memo::new(move |_| -> Vec<Offer> {
        let offer = |channel: types::channels::Channel| Offer {
            value: channel.id.to_string(),
            words: channel.name,
            taken: false,
        };
        channels.list().into_iter().map(offer).collect()
    });
    // One must be chosen, and the first is as good as any until somebody says otherwise.
    crate::ui::effect(move || {
        let known = channels.list();
        let chosen = importing.channel_id.get_untracked();
        if !known.iter().any(|channel| Some(channel.id) == chosen) {
            importing.channel_id.set(known.first().map(|channel| channel.id));
        }
    });
    let value = Signal::derive(move || importing.channel_id.get().map(|id| id.to_string()).unwrap_or_default());
    let choose = Callback::new(move |id: String| importing.channel_id.set(id.parse().ok()));
    view! { <Pick label=t!(import_channel) offers value on_choose=choose disabled /> }
}

/// A column of the table: what it is called, what stands in its first rows, and what it becomes.
#[component]
fn Column(importing: Importing, place: usize, disabled: Memo<bool>) -> impl IntoView {
    let custom = use_custom_fields();
    let (head, examples) = importing.shown.with_untracked(|shown| {
        let Some(import) = shown else { return (String::new(), String::new()) };
        let cells = import.sample.iter().filter_map(|row| row.get(place)).map(|cell| cell.trim());
        let examples: Vec<&str> = cells.filter(|cell| !cell.is_empty()).take(EXAMPLES).collect();
        (import.head.get(place).cloned().unwrap_or_default(), examples.join(" · "))
    });
    let head = StoredValue::new(head);
    let name = move || match head.with_value(String::is_empty) {
        true => lang().import_unnamed(place.saturating_add(1)),
        false => head.get_value(),
    };
    let all = Memo::new(move |_| -> Vec<ImportField> {
        let custom = custom.get().items.into_iter().map(|field| ImportField::Custom { field_id: field.id });
        FIELDS.into_iter().chain(custom).collect()
    });
    let own = Memo::new(move |_| importing.fields.with(|fields| fields.get(place).copied().flatten()));
    let offers = Memo::new(move |_| -> Vec<Offer> {
        let custom = custom.get();
        let left_out = Offer { value: String::new(), words: lang().import_left_out().to_owned(), taken: false };
        let offer = |(at, field): (usize, ImportField)| Offer {
            value: at.to_string(),
            words: field_name(lang(), field, &custom),
            // A field stands once.
            taken: importing.fields.with(|fields| fields.contains(&Some(field))),
        };
        std::iter::once(left_out).chain(all.get().into_iter().enumerate().map(offer)).collect()
    });
    let value = Signal::derive(move || {
        let own = own.get();
        let at = own.and_then(|own| all.with(|all| all.iter().position(|field| *field == own)));
        at.map(|at| at.to_string()).unwrap_or_default()
    });
    let choose = Callback::new(move |value: String| {
        let at = value.parse::<usize>().ok();
        let field = at.and_then(|at| all.with_untracked(|all| all.get(at).copied()));
        importing.fields.update(|fields| {
            if let Some(own) = fields.get_mut(place) {
                *own = field;
            }
        });
    });
    view! {
        <tr class="import__column" class:import__column--out=move || own.get().is_none()>
            <th scope="row">{name}</th>
            <td class="import__examples">{examples}</td>
            <td>
                <Pick label=move || lang().import_becomes_of(&name()) quiet=true offers value on_choose=choose disabled />
            </td>
        </tr>
    }
}
