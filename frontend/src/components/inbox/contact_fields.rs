//! What agents note of a contact: name, phone, remark, each saved as it is edited.
//!
//! A field is saved when the person leaves it or pauses. What was there when they began is compared with what is there then: a
//! colleague's edit of the same field is shown, and the person chooses; one of another field is nobody's business.

use crate::i18n::{Lang, errors::error_text, errors::field_text, lang, lang_now, t};
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::use_inbox;
use crate::ui::{Button, ButtonSize, TextArea, TextField};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use types::contacts::{Contact, ContactField, ContactPatch};
use types::error::ErrorCode;
use types::id::ContactId;
use types::limits;
use types::validate::Validate;

/// A pause after which what was written so far is saved.
const PAUSE: Duration = Duration::from_millis(1_200);

/// How often an edit is offered anew because something else of the contact had changed.
const TRIES: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name,
    Phone,
    Remark,
}

impl Field {
    fn of(self, contact: &Contact) -> String {
        let value = match self {
            Self::Name => &contact.name,
            Self::Phone => &contact.phone,
            Self::Remark => &contact.remark,
        };
        value.clone().unwrap_or_default()
    }

    fn patch(self, version: i64, text: &str) -> ContactPatch {
        let text = Some(text.to_owned());
        let patch = ContactPatch { version, ..ContactPatch::default() };
        match self {
            Self::Name => ContactPatch { name: text, ..patch },
            Self::Phone => ContactPatch { phone: text, ..patch },
            Self::Remark => ContactPatch { remark: text, ..patch },
        }
    }

    fn label(self) -> fn(Lang) -> &'static str {
        match self {
            Self::Name => Lang::contact_name_field,
            Self::Phone => Lang::contact_phone,
            Self::Remark => Lang::contact_remark,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Saving {
    Idle,
    Busy,
    Saved,
    Failed(String),
    /// A colleague's text, which stands there now.
    Conflict(String),
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
    let inbox = use_inbox();
    let settings = use_conversation_settings();
    let known = Memo::new(move |_| contact.with(|contact| contact.as_ref().map(|contact| field.of(contact))));
    let begun = known.get_untracked().unwrap_or_default();
    let value = RwSignal::new(begun.clone());
    // What stood there when the person began to write.
    let base = StoredValue::new(begun);
    let saving = RwSignal::new(Saving::Idle);
    let composing = StoredValue::new(false);
    let is_dirty = move || base.with_value(|base| value.with_untracked(|value| value.trim() != base));

    // A colleague's edit is shown where nothing of one's own stands.
    Effect::new(move |_| {
        let Some(theirs) = known.get() else { return };
        if !is_dirty() && saving.get_untracked() != Saving::Busy {
            base.set_value(theirs.clone());
            if value.with_untracked(|value| *value != theirs) {
                value.set(theirs);
            }
        }
    });

    let save = move || {
        let busy = matches!(saving.get_untracked(), Saving::Busy | Saving::Conflict(_));
        if busy || composing.get_value() || masked.get_untracked() || !is_dirty() {
            return;
        }
        let text = value.with_untracked(|value| value.trim().to_owned());
        if let Some(fault) = field.patch(0, &text).validate().first() {
            saving.set(Saving::Failed(field_text(lang_now(), fault)));
            return;
        }
        saving.set(Saving::Busy);
        let begun = base.get_value();
        spawn_local(async move {
            let mut now = inbox.contact_now(id);
            for _ in 0..TRIES {
                let stands = match now.take() {
                    Some(contact) => contact,
                    None => match settings.fetch(id).await {
                        Ok(contact) => contact,
                        Err(error) => {
                            let _gone = saving.try_set(Saving::Failed(error_text(lang_now(), &error)));
                            return;
                        }
                    },
                };
                let theirs = field.of(&stands);
                if theirs != begun && theirs != text {
                    let _gone = saving.try_set(Saving::Conflict(theirs));
                    return;
                }
                match settings.edit(id, field.patch(stands.version, &text)).await {
                    Ok(contact) => {
                        let kept = field.of(&contact);
                        let _gone = base.try_update_value(|base| base.clone_from(&kept));
                        let _gone = saving.try_set(Saving::Saved);
                        return;
                    }
                    // Something of it was changed meanwhile: whether it is this, a look at it tells.
                    Err(error) if error.code() == Some(ErrorCode::Conflict) => {}
                    Err(error) => {
                        let _gone = saving.try_set(Saving::Failed(error_text(lang_now(), &error)));
                        return;
                    }
                }
            }
            let _gone = saving.try_set(Saving::Failed(lang_now().error_conflict().to_owned()));
        });
    };
    // A pause in writing is a good moment.
    Effect::new(move |_| {
        let written = value.get();
        if is_dirty() {
            if matches!(saving.get_untracked(), Saving::Saved | Saving::Failed(_)) {
                saving.set(Saving::Idle);
            }
            set_timeout(
                move || {
                    if value.try_with_untracked(|value| *value == written) == Some(true) {
                        save();
                    }
                },
                PAUSE,
            );
        }
    });
    // Whoever goes to another conversation has left the field.
    on_cleanup(save);

    let error = Signal::derive(move || match saving.get() {
        Saving::Failed(text) => Some(text),
        _ => None,
    });
    let state = move || match saving.get() {
        _ if masked.get() => lang().contact_masked(),
        Saving::Busy => lang().field_saving(),
        Saving::Saved => lang().field_saved(),
        _ => "",
    };
    let label = move || field.label()(lang());
    let on_leave = Callback::new(move |()| save());
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
    let keep_mine = move |_| {
        if let Saving::Conflict(theirs) = saving.get_untracked() {
            base.set_value(theirs);
            saving.set(Saving::Idle);
            save();
        }
    };
    let take_theirs = move |_| {
        if let Saving::Conflict(theirs) = saving.get_untracked() {
            base.set_value(theirs.clone());
            value.set(theirs);
            saving.set(Saving::Idle);
        }
    };
    let conflict = move || match saving.get() {
        Saving::Conflict(theirs) => Some(theirs),
        _ => None,
    };
    view! {
        <div
            class="contact-field"
            on:compositionstart=move |_| composing.set_value(true)
            on:compositionend=move |_| composing.set_value(false)
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
