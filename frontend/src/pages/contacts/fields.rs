//! The custom fields of contacts as an admin sets them: a draft of the whole list, saved at once; what is deleted is asked about, with how
//! many contacts lose something.

use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    stores::custom_fields::{FieldList, use_custom_fields},
    ui::{
        Button, ButtonSize, ButtonVariant, Dialog, Icon, IconButton, Select, TextArea, TextField, Toasts, use_toasts,
    },
};
use leptos::{prelude::*, task::spawn_local};
use types::custom_fields::{CustomField, CustomFieldKind, SetCustomField, SetCustomFields};
use types::error::{ErrorCode, FieldCode, FieldError};
use types::id::CustomFieldId;
use types::limits::{CUSTOM_CHOICE_MAX, CUSTOM_CHOICES_MAX, CUSTOM_FIELDS_MAX};
use types::validate::Validate;

/// The dialog.
#[component]
pub fn FieldsDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open wide=true title=t!(custom_fields) close_label=t!(close)>
            <Draft open />
        </Dialog>
    }
}

/// A field as it is drafted.
#[derive(Clone, Copy)]
struct Row {
    /// Names the row on the page.
    key: usize,
    id: Option<CustomFieldId>,
    name: RwSignal<String>,
    kind: RwSignal<CustomFieldKind>,
    choices: RwSignal<String>,
    error: RwSignal<Option<String>>,
    choices_error: RwSignal<Option<String>>,
}

impl Row {
    fn new(key: usize, field: Option<CustomField>) -> Self {
        let id = field.as_ref().map(|field| field.id);
        let field = field.map(|field| (field.name, field.kind, field.choices.join("\n"))).unwrap_or_default();
        Self {
            key,
            id,
            name: RwSignal::new(field.0),
            kind: RwSignal::new(field.1),
            choices: RwSignal::new(field.2),
            error: RwSignal::new(None),
            choices_error: RwSignal::new(None),
        }
    }

    fn drafted(self) -> SetCustomField {
        let kind = self.kind.get_untracked();
        let lines = self.choices.get_untracked();
        let choices = lines.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        let choices = if kind == CustomFieldKind::Choice { choices.collect() } else { Vec::new() };
        SetCustomField { id: self.id, name: self.name.get_untracked(), kind, choices }
    }

    /// The row's name, as buttons call it.
    fn called(self) -> String {
        let name = self.name.get();
        if name.trim().is_empty() { lang().custom_field_unnamed().to_owned() } else { name }
    }
}

const KINDS: [(CustomFieldKind, &str); 4] = [
    (CustomFieldKind::Text, "text"),
    (CustomFieldKind::Number, "number"),
    (CustomFieldKind::Date, "date"),
    (CustomFieldKind::Choice, "choice"),
];

/// What is done in the dialog. `Copy`.
#[derive(Clone, Copy)]
struct Drafting {
    fields: FieldList,
    version: RwSignal<i64>,
    rows: RwSignal<Vec<Row>>,
    next_key: StoredValue<usize>,
    /// What is lost: the names of deleted fields, each with its count of contacts. While it is there, it is asked.
    question: RwSignal<Option<Vec<(String, u64)>>>,
    busy: RwSignal<bool>,
    open: RwSignal<bool>,
    toasts: Toasts,
}

impl Drafting {
    fn begin(self) {
        let fields = self.fields.now();
        self.version.set(fields.version);
        let rows = fields.items.into_iter().map(|field| self.row(Some(field))).collect();
        self.rows.set(rows);
        self.question.set(None);
    }

    fn row(self, field: Option<CustomField>) -> Row {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.saturating_add(1));
        Row::new(key, field)
    }

    fn move_by(self, key: usize, down: bool) {
        self.rows.update(|rows| {
            let Some(from) = rows.iter().position(|row| row.key == key) else { return };
            let to = if down { from.saturating_add(1) } else { from.saturating_sub(1) };
            if to < rows.len() {
                rows.swap(from, to);
            }
        });
    }

    /// Shows faults where they are; whether there were any.
    fn show(self, faults: &[FieldError]) -> bool {
        let lang = lang_now();
        for (place, row) in self.rows.get_untracked().into_iter().enumerate() {
            let of = |part: &str| {
                let named = format!("items[{place}].{part}");
                faults.iter().find(|fault| fault.field.starts_with(&named))
            };
            row.error.set(of("name").or_else(|| of("kind")).map(|fault| words(fault, lang.custom_field_name())));
            row.choices_error.set(of("choices").map(|fault| words(fault, lang.custom_field_choices())));
        }
        !faults.is_empty()
    }

    /// Saves the draft, after a question where something is lost.
    fn save(self, is_confirmed: bool) {
        let items = self.rows.get_untracked().into_iter().map(Row::drafted).collect();
        let request = SetCustomFields { version: self.version.get_untracked(), items };
        if self.show(&request.validate()) {
            self.question.set(None);
            return;
        }
        let kept: Vec<_> = request.items.iter().filter_map(|field| field.id).collect();
        let gone: Vec<_> = self.fields.now().items.into_iter().filter(|field| !kept.contains(&field.id)).collect();
        self.busy.set(true);
        spawn_local(async move {
            let api = self.fields.api();
            if !gone.is_empty() && !is_confirmed {
                let mut lost = Vec::new();
                for field in gone {
                    match api.get_custom_field_contents(field.id).await {
                        Ok(contents) => lost.push((field.name, contents.contacts)),
                        // Somebody else was faster.
                        Err(error) if error.code() == Some(ErrorCode::NotFound) => {}
                        Err(error) => {
                            self.busy.try_set(false);
                            self.toasts.error(error_text(lang_now(), &error));
                            return;
                        }
                    }
                }
                self.busy.try_set(false);
                self.question.try_set(Some(lost));
                return;
            }
            let saved = api.set_custom_fields(&request).await;
            if self.busy.try_set(false).is_some() {
                // The dialog is not there any more.
                return;
            }
            self.question.set(None);
            match saved {
                Ok(fields) => {
                    self.fields.put(fields);
                    self.toasts.success(lang_now().custom_fields_saved().to_owned());
                    self.open.set(false);
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                    self.toasts.error(lang_now().custom_fields_overtaken().to_owned());
                    if let Ok(fields) = api.list_custom_fields().await {
                        self.fields.put(fields);
                    }
                    if self.rows.try_with_untracked(Vec::is_empty).is_some() {
                        self.begin();
                    }
                }
                Err(error) => self.toasts.error(error_text(lang_now(), &error)),
            }
        });
    }
}

fn words(fault: &FieldError, label: &str) -> String {
    let lang = lang_now();
    let most = |limit: usize| i64::try_from(limit).unwrap_or(i64::MAX);
    match fault.code {
        FieldCode::Required => lang.field_required(label),
        FieldCode::Taken => lang.field_taken(label),
        FieldCode::TooLong if fault.field.ends_with("choices") => lang.field_too_long(label, most(CUSTOM_CHOICES_MAX)),
        FieldCode::TooLong => lang.field_too_long(label, fault.limit.unwrap_or(most(CUSTOM_CHOICE_MAX))),
        _ => lang.field_invalid(label),
    }
}

#[component]
fn Draft(open: RwSignal<bool>) -> impl IntoView {
    let drafting = Drafting {
        fields: use_custom_fields(),
        version: RwSignal::new(0),
        rows: RwSignal::new(Vec::new()),
        next_key: StoredValue::new(0),
        question: RwSignal::new(None),
        busy: RwSignal::new(false),
        open,
        toasts: use_toasts(),
    };
    drafting.begin();
    let rows = drafting.rows;
    let is_full = move || rows.with(Vec::len) >= CUSTOM_FIELDS_MAX;
    let add = move |_| {
        let row = drafting.row(None);
        rows.update(|rows| rows.push(row));
    };
    view! {
        <div class="custom-fields">
            <p class="card__text">{t!(custom_fields_hint)}</p>
            <Show when=move || rows.with(Vec::is_empty)>
                <p class="custom-fields__none">{t!(custom_fields_none)}</p>
            </Show>
            <ul class="custom-fields__list">
                <For each=move || rows.get() key=|row| row.key let(row)>
                    <RowFields row drafting />
                </For>
            </ul>
            <Show when=move || !is_full()>
                <Button size=ButtonSize::Small icon=Icon::Plus on:click=add>{t!(custom_field_add)}</Button>
            </Show>
            <div role="alert">
                {move || drafting.question.get().map(|lost| view! {
                    <div class="custom-fields__question">
                        {lost
                            .into_iter()
                            .map(|(name, count)| view! { <p>{move || lang().custom_field_loses(&name, count)}</p> })
                            .collect_view()}
                    </div>
                })}
            </div>
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Show
                    when=move || drafting.question.with(Option::is_some)
                    fallback=move || view! {
                        <Button
                            variant=ButtonVariant::Primary
                            busy=drafting.busy
                            on:click=move |_| drafting.save(false)
                        >
                            {t!(save)}
                        </Button>
                    }
                >
                    <Button variant=ButtonVariant::Danger busy=drafting.busy on:click=move |_| drafting.save(true)>
                        {t!(custom_fields_delete)}
                    </Button>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn RowFields(row: Row, drafting: Drafting) -> impl IntoView {
    let rows = drafting.rows;
    let place = Memo::new(move |_| rows.with(|rows| rows.iter().position(|one| one.key == row.key)));
    let is_first = Signal::derive(move || place.get() == Some(0));
    let is_last = Signal::derive(move || place.get().map(|place| place.saturating_add(1)) == Some(rows.with(Vec::len)));
    let is_choice = move || row.kind.get() == CustomFieldKind::Choice;
    let name_of = move |kind: CustomFieldKind| match kind {
        CustomFieldKind::Text => lang().custom_field_text(),
        CustomFieldKind::Number => lang().custom_field_number(),
        CustomFieldKind::Date => lang().custom_field_date(),
        CustomFieldKind::Choice => lang().custom_field_choice(),
    };
    let wire = move || KINDS.iter().find(|(kind, _)| *kind == row.kind.get()).map_or("text", |(_, wire)| *wire);
    let kind = if row.id.is_some() {
        // It stays what it was: what contacts have in it is of this kind.
        view! { <p class="custom-fields__kind">{move || name_of(row.kind.get())}</p> }.into_any()
    } else {
        view! {
            <Select
                label=t!(custom_field_kind)
                choices=KINDS
                    .into_iter()
                    .map(|(kind, wire)| (wire, (move || name_of(kind).to_owned()).into()))
                    .collect()
                value=Signal::derive(wire)
                on_choose=Callback::new(move |chosen: String| {
                    if let Some((kind, _)) = KINDS.iter().find(|(_, wire)| *wire == chosen) {
                        row.kind.set(*kind);
                    }
                })
            />
        }
        .into_any()
    };
    view! {
        <li class="custom-fields__row">
            <TextField label=t!(custom_field_name) value=row.name error=row.error name="custom_field_name" />
            {kind}
            <div class="custom-fields__buttons">
                <IconButton
                    small=true
                    icon=Icon::ArrowUp
                    label=move || lang().custom_field_up(&row.called())
                    disabled=is_first
                    on:click=move |_| drafting.move_by(row.key, false)
                />
                <IconButton
                    small=true
                    icon=Icon::ArrowDown
                    label=move || lang().custom_field_down(&row.called())
                    disabled=is_last
                    on:click=move |_| drafting.move_by(row.key, true)
                />
                <IconButton
                    small=true
                    icon=Icon::Trash
                    label=move || lang().custom_field_remove(&row.called())
                    on:click=move |_| {
                        drafting.question.set(None);
                        rows.update(|rows| rows.retain(|one| one.key != row.key));
                    }
                />
            </div>
            <Show when=is_choice>
                <div class="custom-fields__choices">
                    <TextArea
                        label=t!(custom_field_choices)
                        value=row.choices
                        error=row.choices_error
                        hint=t!(custom_field_choices_hint)
                        count=String::new
                        name="custom_field_choices"
                        rows=3
                        on_leave=Callback::new(|()| {})
                    />
                </div>
            </Show>
        </li>
    }
}
