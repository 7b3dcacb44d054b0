//! What agents note of a contact: name, phone, remark, each saved as it is edited.

use crate::i18n::{Lang, lang, t};
use crate::stores::contact_edits::{Field, Saving, custom_fault_text, fault_text, use_contact_edits};
use crate::stores::custom_fields::use_custom_fields;
use crate::ui::{
    Button, ButtonSize, Icon, IconView, InputKind, TextArea, TextField, effect, focus_in_place, unique_id,
};
use leptos::{html, prelude::*};
use types::contacts::{Contact, ContactField};
use types::custom_fields::{CustomField, CustomFieldKind};
use types::id::ContactId;
use types::limits;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

fn label_of(field: Field, custom: Option<&CustomField>) -> String {
    let label = match field {
        Field::Name => Lang::contact_name_field,
        Field::Phone => Lang::contact_phone,
        Field::Remark => Lang::contact_remark,
        Field::Custom(_) => return custom.map(|custom| custom.name.clone()).unwrap_or_default(),
    };
    label(lang()).to_owned()
}

/// The three fields, and those that the organisation has added.
#[component]
pub fn ContactFields(
    /// The contact, as far as it is known.
    contact: Memo<Option<Contact>>,
    /// Who.
    id: ContactId,
) -> impl IntoView {
    let fields = use_custom_fields();
    let masked = Signal::derive(move || {
        contact.with(|contact| contact.as_ref().is_some_and(|contact| contact.masked.contains(&ContactField::Phone)))
    });
    view! {
        <div class="contact-panel__fields">
            <EditedField id contact field=Field::Name />
            <EditedField id contact field=Field::Phone masked />
            <EditedField id contact field=Field::Remark />
            // A field that is renamed is drawn anew.
            <For each=move || fields.get().items key=|one| (one.id, one.name.clone(), one.choices.clone()) let(custom)>
                <EditedField id contact field=Field::Custom(custom.id) custom />
            </For>
        </div>
    }
}

#[component]
fn EditedField(
    id: ContactId,
    contact: Memo<Option<Contact>>,
    field: Field,
    #[prop(optional, into)] masked: Signal<bool>,
    #[prop(optional)] custom: Option<CustomField>,
) -> impl IntoView {
    let custom = StoredValue::new(custom);
    let edits = use_contact_edits();
    let known = Memo::new(move |_| contact.with(|contact| contact.as_ref().map(|contact| field.of(contact))));
    edits.show(id, field, known.get_untracked().unwrap_or_default());
    on_cleanup(move || edits.hide(id, field));
    effect(move || {
        if let Some(theirs) = known.get() {
            edits.stands(id, field, &theirs);
        }
    });
    let written = Memo::new(move |_| edits.read(id, field, |edit| edit.written().to_owned()).unwrap_or_default());
    let saving = Memo::new(move |_| edits.read(id, field, |edit| edit.saving().clone()).unwrap_or(Saving::Idle));
    let value = RwSignal::new(written.get_untracked());
    effect(move || edits.write(id, field, value.get()));
    // A colleague's text is shown where nothing of one's own stands.
    effect(move || {
        let written = written.get();
        if value.with_untracked(|value| *value != written) {
            value.set(written);
        }
    });

    let error = Signal::derive(move || {
        saving.with(|saving| match saving {
            Saving::Failed(fault) => Some(custom.with_value(|custom| match custom {
                Some(custom) => custom_fault_text(lang(), custom, fault),
                None => fault_text(lang(), fault),
            })),
            _ => None,
        })
    });
    let state = move || {
        saving.with(|saving| match saving {
            _ if masked.get() => lang().contact_masked(),
            Saving::Busy { .. } => lang().field_saving(),
            Saving::Saved => lang().field_saved(),
            _ => "",
        })
    };
    let label = move || custom.with_value(|custom| label_of(field, custom.as_ref()));
    let on_leave = Callback::new(move |()| {
        // It comes with the letter, before its effect.
        edits.write(id, field, value.get_untracked());
        edits.leave(id, field);
    });
    let input = match field {
        Field::Remark => view! {
            <TextArea
                label
                value
                error
                hint=state
                count=move || {
                    let used = value.with(|value| value.chars().count());
                    if used.saturating_mul(10) < limits::CONTACT_REMARK_MAX.saturating_mul(9) {
                        String::new()
                    } else {
                        format!("{used}/{}", limits::CONTACT_REMARK_MAX)
                    }
                }
                name="remark"
                rows=3
                on_leave
            />
        }
        .into_any(),
        Field::Custom(_) => {
            let kind = custom.with_value(|custom| custom.as_ref().map(|custom| custom.kind)).unwrap_or_default();
            let input = match kind {
                CustomFieldKind::Date => InputKind::Date,
                CustomFieldKind::Text | CustomFieldKind::Number | CustomFieldKind::Choice => InputKind::Text,
            };
            if kind == CustomFieldKind::Choice {
                let choices = custom.with_value(|one| one.as_ref().map(|one| one.choices.clone())).unwrap_or_default();
                view! { <ChoiceField label choices value error hint=state on_leave /> }.into_any()
            } else {
                view! { <TextField label value error hint=state kind=input name="custom-value" on_leave /> }.into_any()
            }
        }
        Field::Name | Field::Phone => view! {
            <TextField
                label
                value
                error
                hint=state
                name=if field == Field::Name { "contact-name" } else { "phone" }
                disabled=masked
                on_leave
            />
        }
        .into_any(),
    };
    let root = NodeRef::<html::Div>::new();
    // The button that was pressed goes with the question.
    let focus_field = move || {
        let input = root.get_untracked().and_then(|root| root.query_selector("input, textarea, select").ok().flatten());
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
            focus_in_place(&input);
        }
    };
    let keep_mine = move |_| {
        focus_field();
        edits.keep_mine(id, field);
    };
    let take_theirs = move |_| {
        focus_field();
        edits.take_theirs(id, field);
    };
    let conflict = move || {
        saving.with(|saving| match saving {
            Saving::Conflict(theirs) => Some(theirs.clone()),
            _ => None,
        })
    };
    view! {
        <div
            node_ref=root
            class="contact-field"
            on:compositionstart=move |_| edits.compose(id, field, true)
            on:compositionend=move |_| edits.compose(id, field, false)
        >
            {input}
            {move || conflict().map(|theirs| view! {
                <div class="contact-field__conflict" role="alert">
                    <p>{t!(field_conflict)}</p>
                    <p class="contact-field__theirs">
                        <span class="visually-hidden">{t!(field_theirs)}" "</span>
                        {if theirs.is_empty() { lang().field_empty().to_owned() } else { theirs }}
                    </p>
                    <div class="contact-field__choice">
                        <Button size=ButtonSize::Small on:click=keep_mine>{t!(field_keep_mine)}</Button>
                        <Button size=ButtonSize::Small on:click=take_theirs>{t!(field_take_theirs)}</Button>
                    </div>
                </div>
            })}
        </div>
    }
}

/// One of a field's choices, or none.
#[component]
fn ChoiceField<L, H>(
    label: L,
    choices: Vec<String>,
    value: RwSignal<String>,
    error: Signal<Option<String>>,
    hint: H,
    on_leave: Callback<()>,
) -> impl IntoView
where
    L: Fn() -> String + Send + Sync + 'static,
    H: Fn() -> &'static str + Send + Sync + 'static,
{
    let (id, note_id) = (unique_id("choice"), unique_id("choice-note"));
    // One that was chosen and is not offered any more stays until another is chosen.
    let offered = Memo::new(move |_| {
        let chosen = value.get();
        let mut all = choices.clone();
        if !chosen.is_empty() && !all.contains(&chosen) {
            all.push(chosen);
        }
        all
    });
    view! {
        <div class="field" class:field--error=move || error.with(Option::is_some)>
            <label class="field__label" for=id.clone()>{label}</label>
            <div class="field__box select">
                <select
                    class="field__input select__input"
                    id=id
                    aria-describedby=note_id.clone()
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    on:change:target=move |event| {
                        value.set(event.target().value());
                        on_leave.run(());
                    }
                >
                    <option value="" prop:selected=move || value.with(String::is_empty)>{t!(custom_value_none)}</option>
                    {move || offered
                        .get()
                        .into_iter()
                        .map(|choice| {
                            let (own, words) = (choice.clone(), choice.clone());
                            view! {
                                <option value=choice prop:selected=move || value.with(|value| *value == own)>
                                    {words}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
                <IconView icon=Icon::ChevronDown size=16 />
            </div>
            <p class="field__note" id=note_id aria-live="polite">{move || error.get()}</p>
            <p class="field__hint">{hint}</p>
        </div>
    }
}
