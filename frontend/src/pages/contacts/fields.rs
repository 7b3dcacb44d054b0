//! The custom fields of contacts as an admin sets them: a draft of the whole list, saved at once; what is deleted is asked about, with how
//! many contacts lose something.

use crate::{
    components::form::ErrorPlace,
    i18n::{errors::error_text, lang, lang_now, t},
    pages::tags::{after_step, focus},
    stores::custom_fields::{FieldList, use_custom_fields},
    ui::{
        Button, ButtonSize, ButtonVariant, Dialog, Icon, IconButton, Select, Switch, TextArea, TextField, Toasts,
        use_toasts,
    },
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::custom_fields::{CustomField, CustomFieldKind, CustomFields, SetCustomField, SetCustomFields};
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
    // Here, not in the window: a draft stays when that is closed by mistake.
    let drafting = Drafting {
        fields: use_custom_fields(),
        version: RwSignal::new(0),
        rows: RwSignal::new(Vec::new()),
        begun: StoredValue::new(Vec::new()),
        next_key: StoredValue::new(0),
        owner: StoredValue::new(Owner::new()),
        question: RwSignal::new(None),
        failed: RwSignal::new(None),
        overtaken: RwSignal::new(false),
        busy: RwSignal::new(false),
        open,
        toasts: use_toasts(),
    };
    view! {
        <Dialog open wide=true title=t!(custom_fields) close_label=t!(close)>
            <Draft drafting />
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
    visitors_fill: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    choices_error: RwSignal<Option<String>>,
}

impl Row {
    fn new(key: usize, field: Option<CustomField>) -> Self {
        let id = field.as_ref().map(|field| field.id);
        let visitors_fill = RwSignal::new(field.as_ref().is_some_and(|field| field.visitors_fill));
        let field = field.map(|field| (field.name, field.kind, field.choices.join("\n"))).unwrap_or_default();
        Self {
            key,
            id,
            name: RwSignal::new(field.0),
            kind: RwSignal::new(field.1),
            choices: RwSignal::new(field.2),
            visitors_fill,
            error: RwSignal::new(None),
            choices_error: RwSignal::new(None),
        }
    }

    fn drafted(self) -> SetCustomField {
        let kind = self.kind.get_untracked();
        let lines = self.choices.get_untracked();
        let choices = lines.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        let choices = if kind == CustomFieldKind::Choice { choices.collect() } else { Vec::new() };
        let (name, visitors_fill) = (self.name.get_untracked(), Some(self.visitors_fill.get_untracked()));
        SetCustomField { id: self.id, name, kind, choices, visitors_fill }
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
    /// The rows as the draft began.
    begun: StoredValue<Vec<SetCustomField>>,
    next_key: StoredValue<usize>,
    /// Owns what the rows hold, for as long as the page is there: they are made at events and while the window is drawn.
    owner: StoredValue<Owner>,
    /// What is lost: the names of deleted fields, each with its count of contacts. While it is there, it is asked.
    question: RwSignal<Option<Vec<(String, u64)>>>,
    /// Why it was not saved.
    failed: RwSignal<Option<ApiError>>,
    /// Somebody else has saved meanwhile; the draft is still here.
    overtaken: RwSignal<bool>,
    busy: RwSignal<bool>,
    open: RwSignal<bool>,
    toasts: Toasts,
}

impl Drafting {
    /// Whether something was changed that is not saved.
    fn is_changed(self) -> bool {
        let drafted: Vec<_> = self.rows.get_untracked().into_iter().map(Row::drafted).collect();
        self.begun.with_value(|begun| *begun != drafted)
    }

    fn begin(self) {
        let fields = self.fields.now();
        self.version.set(fields.version);
        let rows: Vec<_> = fields.items.into_iter().map(|field| self.row(Some(field))).collect();
        self.begun.set_value(rows.iter().map(|row| row.drafted()).collect());
        self.rows.set(rows);
        self.question.set(None);
        self.failed.set(None);
        self.overtaken.set(false);
    }

    fn row(self, field: Option<CustomField>) -> Row {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.saturating_add(1));
        self.owner.get_value().with(|| Row::new(key, field))
    }

    fn add(self) {
        let row = self.row(None);
        self.rows.update(|rows| rows.push(row));
        focus(vec![format!("{} input", selector(row.key))]);
    }

    /// Takes a row away; the focus goes to the one that takes its place, or the last, or where one is added.
    fn remove(self, key: usize) {
        self.question.set(None);
        let place = self.rows.with_untracked(|rows| rows.iter().position(|row| row.key == key)).unwrap_or_default();
        self.rows.update(|rows| rows.retain(|row| row.key != key));
        let next = self.rows.with_untracked(|rows| rows.get(place).or(rows.last()).map(|row| row.key));
        let remove = next.map(|key| format!("{} [data-remove] button", selector(key)));
        focus(remove.into_iter().chain([".custom-fields > button".to_owned()]).collect());
    }

    /// Says what went wrong: in the window, and where that was closed meanwhile, on the page.
    fn fail(self, error: ApiError) {
        if self.open.try_get_untracked() == Some(false) {
            self.toasts.error(error_text(lang_now(), &error));
        }
        self.failed.try_set(Some(error));
    }

    /// Takes the new version after somebody else has saved: the draft stays, and may replace theirs.
    fn overtake(self, fields: CustomFields) {
        self.version.set(fields.version);
        let ids: Vec<_> = fields.items.iter().map(|field| field.id).collect();
        self.fields.put(fields);
        self.rows.update(|rows| {
            for row in rows.iter_mut() {
                // Theirs is deleted: saving makes it anew. With another key it is drawn anew as well.
                if row.id.is_some_and(|id| !ids.contains(&id)) {
                    let key = self.next_key.get_value();
                    self.next_key.set_value(key.saturating_add(1));
                    *row = Row { id: None, key, ..*row };
                }
            }
        });
        self.overtaken.set(true);
    }

    fn move_by(self, key: usize, down: bool) {
        self.rows.update(|rows| {
            let Some(from) = rows.iter().position(|row| row.key == key) else { return };
            let to = if down { from.saturating_add(1) } else { from.saturating_sub(1) };
            if to < rows.len() {
                rows.swap(from, to);
            }
        });
        focus(after_step(&selector(key), if down { "down" } else { "up" }));
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
        self.failed.set(None);
        self.overtaken.set(false);
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
                            self.fail(error);
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
                // The page is not there any more.
                return;
            }
            self.question.set(None);
            match saved {
                Ok(fields) => {
                    self.fields.put(fields);
                    self.begin();
                    self.toasts.success(lang_now().custom_fields_saved().to_owned());
                    self.open.set(false);
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                    let listed = api.list_custom_fields().await;
                    if self.rows.is_disposed() {
                        return;
                    }
                    match listed {
                        Ok(fields) => self.overtake(fields),
                        Err(error) => self.fail(error),
                    }
                }
                Err(error) => self.fail(error),
            }
        });
    }
}

/// Finds a row on the page.
fn selector(key: usize) -> String {
    format!(".custom-fields__row[data-field=\"{key}\"]")
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
fn Draft(drafting: Drafting) -> impl IntoView {
    if !drafting.is_changed() {
        drafting.begin();
    }
    let problem = Signal::derive(move || {
        let failed = drafting.failed.with(|failed| failed.as_ref().map(|error| error_text(lang(), error)));
        failed.or_else(|| drafting.overtaken.get().then(|| lang().custom_fields_overtaken().to_owned()))
    });
    let rows = drafting.rows;
    let is_full = move || rows.with(Vec::len) >= CUSTOM_FIELDS_MAX;
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
                <Button size=ButtonSize::Small icon=Icon::Plus on:click=move |_| drafting.add()>
                    {t!(custom_field_add)}
                </Button>
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
            <ErrorPlace text=problem />
            <Show when=move || drafting.overtaken.get()>
                <Button size=ButtonSize::Small on:click=move |_| {
                    drafting.begin();
                    focus(vec![".custom-fields__row input".to_owned(), ".custom-fields > button".to_owned()]);
                }>{t!(custom_fields_take)}</Button>
            </Show>
            <div class="dialog__actions">
                <Button on:click=move |_| {
                    drafting.begin();
                    drafting.open.set(false);
                }>{t!(cancel)}</Button>
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
        <li class="custom-fields__row" data-field=row.key.to_string()>
            <TextField label=t!(custom_field_name) value=row.name error=row.error name="custom_field_name" />
            {kind}
            <div class="custom-fields__buttons">
                <span data-step="up">
                    <IconButton
                        small=true
                        icon=Icon::ArrowUp
                        label=move || lang().custom_field_up(&row.called())
                        disabled=is_first
                        on:click=move |_| drafting.move_by(row.key, false)
                    />
                </span>
                <span data-step="down">
                    <IconButton
                        small=true
                        icon=Icon::ArrowDown
                        label=move || lang().custom_field_down(&row.called())
                        disabled=is_last
                        on:click=move |_| drafting.move_by(row.key, true)
                    />
                </span>
                <span data-remove="">
                    <IconButton
                        small=true
                        icon=Icon::Trash
                        label=move || lang().custom_field_remove(&row.called())
                        on:click=move |_| drafting.remove(row.key)
                    />
                </span>
            </div>
            <div class="custom-fields__choices">
                <Switch label=t!(custom_field_visitors) note=t!(custom_field_visitors_note) checked=row.visitors_fill />
                <Show when=is_choice>
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
                </Show>
            </div>
        </li>
    }
}
