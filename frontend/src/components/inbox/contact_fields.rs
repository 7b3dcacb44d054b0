//! What agents note of a contact: name, phone, remark, each saved as it is edited.

use crate::i18n::{Lang, lang, t};
use crate::stores::contact_edits::{Field, Saving, fault_text, use_contact_edits};
use crate::ui::{Button, ButtonSize, TextArea, TextField, effect, focus_in_place};
use leptos::{html, prelude::*};
use types::contacts::{Contact, ContactField};
use types::id::ContactId;
use types::limits;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

fn label_of(field: Field) -> fn(Lang) -> &'static str {
    match field {
        Field::Name => Lang::contact_name_field,
        Field::Phone => Lang::contact_phone,
        Field::Remark => Lang::contact_remark,
    }
}

/// The three fields.
#[component]
pub fn ContactFields(
    /// The contact, as far as it is known.
    contact: Memo<Option<Contact>>,
    /// Who.
    id: ContactId,
) -> impl IntoView {
    let masked = Signal::derive(move || {
        contact.with(|contact| contact.as_ref().is_some_and(|contact| contact.masked.contains(&ContactField::Phone)))
    });
    view! {
        <div class="contact-panel__fields">
            <EditedField id contact field=Field::Name />
            <EditedField id contact field=Field::Phone masked />
            <EditedField id contact field=Field::Remark />
        </div>
    }
}

#[component]
fn EditedField(
    id: ContactId,
    contact: Memo<Option<Contact>>,
    field: Field,
    #[prop(optional, into)] masked: Signal<bool>,
) -> impl IntoView {
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
            Saving::Failed(fault) => Some(fault_text(lang(), fault)),
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
    let label = move || label_of(field)(lang());
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
        let input = root.get_untracked().and_then(|root| root.query_selector("input, textarea").ok().flatten());
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
