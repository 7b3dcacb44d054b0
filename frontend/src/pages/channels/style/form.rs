//! The form before the chat: whether there is one, the line above it, what it asks for and in which order.

use super::page::Editor;
use crate::{
    i18n::{Lang, lang, t},
    pages::tags::{after_step, focus},
    stores::custom_fields::use_custom_fields,
    ui::{Button, ButtonSize, Icon, IconButton, IconView, Switch, TextField, effect},
};
use leptos::prelude::*;
use types::custom_fields::CustomFields;
use types::limits::{PRE_CHAT_FIELDS_MAX, PRE_CHAT_TITLE_MAX};
use types::pre_chat::{PreChatField, PreChatForm};

/// What a field is called; nothing for a custom field that visitors may not fill, or that is gone.
pub fn called(field: PreChatField, custom: &CustomFields, lang: Lang) -> Option<String> {
    match field {
        PreChatField::Name { .. } => Some(lang.contact_name_field().to_owned()),
        PreChatField::Phone { .. } => Some(lang.contact_phone().to_owned()),
        PreChatField::Custom { field_id, .. } => {
            let field = custom.get(field_id).filter(|field| field.visitors_fill);
            field.map(|field| field.name.clone())
        }
    }
}

/// What can be asked for and is not yet, in the order in which it is offered.
fn offered(form: &PreChatForm, custom: &CustomFields) -> Vec<PreChatField> {
    let required = false;
    let own = custom.items.iter().filter(|field| field.visitors_fill);
    let own = own.map(|field| PreChatField::Custom { field_id: field.id, required });
    let all = [PreChatField::Name { required }, PreChatField::Phone { required }].into_iter().chain(own);
    all.filter(|field| !form.fields.iter().any(|asked| asked.is_same(*field))).collect()
}

/// Moves a field one place; at the ends it stays.
fn moved(form: &mut PreChatForm, field: PreChatField, down: bool) {
    let Some(from) = form.fields.iter().position(|one| one.is_same(field)) else { return };
    let to = if down { from.saturating_add(1) } else { from.saturating_sub(1) };
    if to < form.fields.len() {
        form.fields.swap(from, to);
    }
}

fn change(editor: Editor, change: impl FnOnce(&mut PreChatForm)) {
    editor.edit("style.form", |style| change(&mut style.form));
    editor.settle();
}

fn selector(field: PreChatField) -> String {
    format!(".style-form__row[data-field=\"{}\"]", field.key())
}

/// The card of the form.
#[component]
pub fn FormCard(
    /// What is edited.
    editor: Editor,
    /// For looking only.
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let custom = use_custom_fields();
    let form = Memo::new(move |_| editor.with(|style| style.form.clone()));
    let enabled = RwSignal::new(form.with_untracked(|form| form.enabled));
    let title = RwSignal::new(form.with_untracked(|form| form.title.clone()));
    // Both ways: what is set goes into the style, what is undone comes back.
    effect(move || {
        let (is_on, words) = form.with(|form| (form.enabled, form.title.clone()));
        if enabled.get_untracked() != is_on {
            enabled.set(is_on);
        }
        if title.with_untracked(|title| title.trim() != words) {
            title.set(words);
        }
    });
    effect(move || {
        let is_on = enabled.get();
        if form.with_untracked(|form| form.enabled != is_on) {
            change(editor, |form| {
                form.enabled = is_on;
                if is_on && form.fields.is_empty() {
                    form.fields.push(PreChatField::Name { required: true });
                }
            });
        }
    });
    effect(move || {
        let words = title.get().trim().to_owned();
        if form.with_untracked(|form| form.title != words) {
            editor.edit("style.form.title", |style| style.form.title = words);
        }
    });
    let is_wrong = editor.error("style.form.title");
    let title_error =
        Signal::derive(move || is_wrong.with(Option::is_some).then(|| lang().form_title_wrong(PRE_CHAT_TITLE_MAX)));
    let lacks = editor.error("style.form.fields");
    let is_full = Memo::new(move |_| form.with(|form| form.fields.len() >= PRE_CHAT_FIELDS_MAX));
    let free = move || form.with(|form| offered(form, &custom.get()));
    view! {
        <section class="card style-form">
            <h2 class="card__title">{t!(form_title)}</h2>
            <Switch label=t!(form_on) note=t!(form_on_note) checked=enabled disabled />
            // What is wrong with it keeps the style from being saved, so it is not put out of sight.
            <Show when=move || enabled.get() || is_wrong.with(Option::is_some)>
                <TextField
                    label=t!(form_words)
                    value=title
                    error=title_error
                    hint=t!(form_words_note)
                    name="style.form.title"
                    disabled
                    on_leave=Callback::new(move |()| editor.settle())
                />
                <div role="group" aria-label=t!(form_asked) class="style-form__asked">
                    <p class="field__label">{t!(form_asked)}</p>
                    <ul class="style-form__list">
                        <For each=move || form.with(|form| form.fields.clone()) key=|field| field.key() let(field)>
                            <Asked editor form field disabled />
                        </For>
                    </ul>
                    <p class="field__note style-form__lacks" role="alert">
                        {move || lacks.with(Option::is_some).then(t!(form_lacks))}
                    </p>
                </div>
                <Show when=move || !disabled.get()>
                    <div role="group" aria-label=t!(form_add) class="style-form__add">
                        {move || {
                            free()
                                .into_iter()
                                .map(|field| {
                                    let name = move || called(field, &custom.get(), lang()).unwrap_or_default();
                                    view! {
                                        <Button
                                            size=ButtonSize::Small
                                            icon=Icon::Plus
                                            disabled=is_full
                                            attr:aria-label=move || lang().form_add_of(&name())
                                            on:click=move |_| {
                                                change(editor, |form| form.fields.push(field));
                                                focus(vec![format!("{} input", selector(field))]);
                                            }
                                        >
                                            {name}
                                        </Button>
                                    }
                                })
                                .collect_view()
                        }}
                    </div>
                    <p class="field__note">
                        {move || {
                            if is_full.get() { lang().form_full(PRE_CHAT_FIELDS_MAX) } else { lang().form_add_note().to_owned() }
                        }}
                    </p>
                </Show>
            </Show>
        </section>
    }
}

/// A field that is asked for.
#[component]
fn Asked(editor: Editor, form: Memo<PreChatForm>, field: PreChatField, disabled: Signal<bool>) -> impl IntoView {
    let custom = use_custom_fields();
    let place = Memo::new(move |_| form.with(|form| form.fields.iter().position(|one| one.is_same(field))));
    let is_first = Signal::derive(move || disabled.get() || place.get() == Some(0));
    let is_last = Signal::derive(move || {
        let after = place.get().map(|place| place.saturating_add(1));
        disabled.get() || after == Some(form.with(|form| form.fields.len()))
    });
    let required = Memo::new(move |_| {
        form.with(|form| form.fields.iter().find(|one| one.is_same(field)).is_some_and(|one| one.required()))
    });
    let known = Memo::new(move |_| called(field, &custom.get(), lang()));
    let name = move || known.get().unwrap_or_else(|| lang().form_closed_field().to_owned());
    let step = move |down: bool| {
        change(editor, |form| moved(form, field, down));
        focus(after_step(&selector(field), if down { "down" } else { "up" }));
    };
    let require = move |is: bool| {
        change(editor, |form| {
            if let Some(one) = form.fields.iter_mut().find(|one| one.is_same(field)) {
                *one = one.requiring(is);
            }
        });
    };
    let remove = move |_| {
        let next = form.with_untracked(|form| {
            let after = place.get_untracked().unwrap_or_default().saturating_add(1);
            form.fields.get(after).or_else(|| form.fields.iter().rev().find(|one| !one.is_same(field))).copied()
        });
        change(editor, |form| form.fields.retain(|one| !one.is_same(field)));
        let next = next.map(|next| format!("{} [data-remove] button", selector(next)));
        focus(next.into_iter().chain([".style-form__add button".to_owned()]).collect());
    };
    view! {
        <li class="style-form__row" data-field=field.key()>
            <span class="style-form__name">
                {name}
                <Show when=move || known.with(Option::is_none)>
                    <span class="style-form__closed">
                        <IconView icon=Icon::Alert size=16 />
                        {t!(form_closed_note)}
                    </span>
                </Show>
            </span>
            <label class="checkbox__row style-form__required">
                <input
                    class="checkbox__input"
                    type="checkbox"
                    aria-label=move || lang().form_required_of(&name())
                    disabled=move || disabled.get()
                    prop:checked=move || required.get()
                    on:change:target=move |event| require(event.target().checked())
                />
                <span class="checkbox__label">{t!(form_required)}</span>
            </label>
            <span class="style-form__buttons">
                <span data-step="up">
                    <IconButton
                        small=true
                        icon=Icon::ArrowUp
                        label=move || lang().custom_field_up(&name())
                        disabled=is_first
                        on:click=move |_| step(false)
                    />
                </span>
                <span data-step="down">
                    <IconButton
                        small=true
                        icon=Icon::ArrowDown
                        label=move || lang().custom_field_down(&name())
                        disabled=is_last
                        on:click=move |_| step(true)
                    />
                </span>
                <span data-remove="">
                    <IconButton
                        small=true
                        icon=Icon::Close
                        label=move || lang().form_remove_of(&name())
                        disabled
                        on:click=remove
                    />
                </span>
            </span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::custom_fields::{CustomField, CustomFieldKind};
    use types::id::CustomFieldId;
    use uuid::Uuid;

    #[test]
    fn what_visitors_may_fill_is_offered_until_it_is_asked_for() {
        let field = |number, visitors_fill| CustomField {
            id: CustomFieldId(Uuid::from_u128(number)),
            name: number.to_string(),
            kind: CustomFieldKind::Text,
            choices: Vec::new(),
            visitors_fill,
        };
        let custom = CustomFields { version: 1, items: vec![field(1, true), field(2, false)] };
        let own = PreChatField::Custom { field_id: CustomFieldId(Uuid::from_u128(1)), required: true };
        let name = PreChatField::Name { required: true };
        let mut form = PreChatForm { fields: vec![name, own], ..PreChatForm::default() };
        assert_eq!(offered(&form, &custom), [PreChatField::Phone { required: false }]);
        assert_eq!(offered(&PreChatForm::default(), &custom).len(), 3);
        moved(&mut form, own.requiring(false), true);
        assert_eq!(form.fields, [name, own]);
        moved(&mut form, own, false);
        assert_eq!(form.fields, [own, name]);
    }
}
