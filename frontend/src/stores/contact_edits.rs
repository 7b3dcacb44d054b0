//! What the agent edits of contacts, each field saved as it is edited. An edit outlives the panel in which it was made: whoever
//! goes to another conversation has left the field, and what could not be saved is there when they come back.

mod edit;

pub use edit::{Edit, Fault, Field, Saving};

use super::conversation_settings::{ConversationSettings, use_conversation_settings};
use super::inbox::{Inbox, use_inbox};
use super::session::is_leaving;
use crate::i18n::errors::{error_text, field_text};
use crate::i18n::{Lang, lang_now};
use crate::realtime::Live;
use crate::ui::{Toasts, effect, use_toasts};
use client::rest::ApiError;
use client::sync::{Connection, Machine};
use edit::Step;
use leptos::leptos_dom::helpers::{WindowListenerHandle, set_timeout};
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashMap;
use std::time::Duration;
use types::contacts::Contact;
use types::custom_fields::{CustomField, CustomFieldKind};
use types::error::{ErrorCode, FieldCode, FieldError};
use types::id::ContactId;

/// A pause after which what was written so far is saved.
const PAUSE: Duration = Duration::from_millis(1_200);

type Key = (ContactId, Field);

/// An edit, and how many places of the page show it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    edit: Edit,
    shown: usize,
}

/// The edits. `Copy`; get it by [`use_contact_edits`].
#[derive(Clone, Copy)]
pub struct ContactEdits {
    kept: RwSignal<HashMap<Key, Kept>>,
    inbox: Inbox,
    settings: ConversationSettings,
    toasts: Toasts,
}

/// The edits.
pub fn use_contact_edits() -> ContactEdits {
    expect_context()
}

impl ContactEdits {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide(live: Live) {
        let edits = Self {
            kept: RwSignal::new(HashMap::new()),
            inbox: use_inbox(),
            settings: use_conversation_settings(),
            toasts: use_toasts(),
        };
        // Whoever closes the page would lose what is not saved yet.
        let asked: WindowListenerHandle = window_event_listener(leptos::ev::beforeunload, move |event| {
            let open = edits.open_now();
            if !open.is_empty() && !is_leaving() {
                open.into_iter().for_each(|key| edits.act(key, Edit::save));
                event.prevent_default();
            }
        });
        on_cleanup(move || asked.remove());
        // What failed for want of a connection is offered again when there is one.
        let online = Memo::new(move |_| live.on_connection(Machine::connection) == Connection::Online);
        effect(move || {
            if online.get() {
                let waiting: Vec<Key> = edits.kept.with_untracked(|kept| {
                    kept.iter().filter(|(_, kept)| kept.edit.waits_for_connection()).map(|(key, _)| *key).collect()
                });
                waiting.into_iter().for_each(|key| edits.act(key, Edit::save));
            }
        });
        provide_context(edits);
    }

    fn open_now(self) -> Vec<Key> {
        self.kept.with_untracked(|kept| {
            kept.iter().filter(|(_, kept)| !kept.edit.is_settled()).map(|(key, _)| *key).collect()
        })
    }

    /// Whether any is not saved yet, at this moment.
    pub fn are_open_now(self) -> bool {
        !self.open_now().is_empty()
    }

    /// A field comes into sight; `stands` is what stands there as far as is known.
    pub fn show(self, id: ContactId, field: Field, stands: String) {
        self.kept.update(|all| {
            let kept =
                all.entry((id, field)).or_insert_with(|| Kept { edit: Edit::begin(field, stands.clone()), shown: 0 });
            kept.shown = kept.shown.saturating_add(1);
            kept.edit.stands(&stands);
        });
    }

    /// It goes out of sight: the person has left it.
    pub fn hide(self, id: ContactId, field: Field) {
        self.kept.try_update(|all| {
            if let Some(kept) = all.get_mut(&(id, field)) {
                kept.shown = kept.shown.saturating_sub(1);
            }
        });
        self.leave(id, field);
    }

    /// Reads a field as it is edited.
    pub fn read<T>(self, id: ContactId, field: Field, read: impl FnOnce(&Edit) -> T) -> Option<T> {
        self.kept.with(|all| all.get(&(id, field)).map(|kept| read(&kept.edit)))
    }

    /// The person writes.
    pub fn write(self, id: ContactId, field: Field, text: String) {
        let turn = self.change((id, field), |edit| edit.write(text)).flatten();
        self.save_after_pause((id, field), turn);
    }

    /// An input method begins or ends its work.
    pub fn compose(self, id: ContactId, field: Field, composing: bool) {
        let turn = self.change((id, field), |edit| edit.compose(composing)).flatten();
        self.save_after_pause((id, field), turn);
    }

    /// The person leaves the field.
    pub fn leave(self, id: ContactId, field: Field) {
        self.act((id, field), Edit::leave);
    }

    /// What stands there has become known.
    pub fn stands(self, id: ContactId, field: Field, theirs: &str) {
        self.change((id, field), |edit| edit.stands(theirs));
    }

    /// Of two texts the person wants their own.
    pub fn keep_mine(self, id: ContactId, field: Field) {
        self.act((id, field), Edit::keep_mine);
    }

    /// Of two texts the person wants the colleague's.
    pub fn take_theirs(self, id: ContactId, field: Field) {
        self.change((id, field), Edit::take_theirs);
    }

    fn save_after_pause(self, key: Key, turn: Option<u32>) {
        if let Some(turn) = turn {
            set_timeout(move || self.act(key, |edit| edit.paused(turn)), PAUSE);
        }
    }

    /// Changes an edit; nothing for one that is gone, or after signing out.
    fn change<T>(self, key: Key, change: impl FnOnce(&mut Edit) -> T) -> Option<T> {
        self.kept.try_update(|all| all.get_mut(&key).map(|kept| change(&mut kept.edit))).flatten()
    }

    /// Changes an edit and does what it says, step by step.
    fn act(self, key: Key, change: impl FnOnce(&mut Edit) -> Option<Step>) {
        let mut next = self.change(key, change).flatten();
        if next.is_none() {
            return self.rest(key);
        }
        spawn_local(async move {
            while let Some(step) = next.take() {
                if self.kept.is_disposed() {
                    return;
                }
                next = self.take(key, step).await;
            }
            self.rest(key);
        });
    }

    async fn take(self, key: Key, step: Step) -> Option<Step> {
        let (id, field) = key;
        match step {
            Step::Look { afresh } => {
                let known = if afresh { None } else { self.inbox.contact_now(id) };
                let looked = match known {
                    Some(contact) => Ok(contact),
                    None => self.settings.fetch(id).await,
                };
                self.change(key, |edit| match looked {
                    Ok(contact) => edit.found(field.of(&contact), contact.version),
                    Err(error) => {
                        edit.failed(error);
                        None
                    }
                })
            }
            Step::Send { version, text } => {
                let answer = self.settings.edit(id, field.patch(version, &text)).await;
                self.change(key, |edit| match answer {
                    Ok(contact) => self.stored(edit, field, &contact),
                    Err(error) if error.code() == Some(ErrorCode::Conflict) => edit.overtaken(),
                    Err(error) => {
                        edit.failed(error);
                        None
                    }
                })
            }
        }
        .flatten()
    }

    fn stored(self, edit: &mut Edit, field: Field, contact: &Contact) -> Option<Step> {
        let next = edit.stored(field.of(contact));
        // A colleague's newer one may have been heard of meanwhile.
        if let Some(newest) = self.inbox.contact_now(contact.id) {
            edit.stands(&field.of(&newest));
        }
        next
    }

    /// Nothing is under way: an edit that nobody sees is forgotten once it is saved, and the person hears of one that is not.
    fn rest(self, key: Key) {
        let unseen =
            self.kept.try_with_untracked(|all| all.get(&key).filter(|kept| kept.shown == 0).cloned()).flatten();
        let Some(Kept { edit, .. }) = unseen else { return };
        let gone =
            matches!(edit.saving(), Saving::Failed(Fault::Call(error)) if error.code() == Some(ErrorCode::NotFound));
        if edit.is_settled() || gone {
            self.kept.try_update(|all| all.remove(&key));
        } else if matches!(edit.saving(), Saving::Failed(_) | Saving::Conflict(_)) {
            let contact = self.inbox.contact_now(key.0);
            self.toasts.error(match contact {
                Some(contact) => lang_now().contact_edit_unsaved(&name_of(&contact)),
                None => lang_now().contact_edit_unsaved_somewhere().to_owned(),
            });
        }
    }
}

fn name_of(contact: &Contact) -> String {
    contact.name.clone().unwrap_or_else(|| lang_now().visitor_number(contact.number))
}

/// Why what was written into a custom field was not saved, in words.
pub fn custom_fault_text(lang: Lang, field: &CustomField, fault: &Fault) -> String {
    let refused = match fault {
        Fault::Invalid(fault) => Some(fault),
        Fault::Call(ApiError::Problem(problem)) => problem.errors.first(),
        _ => None,
    };
    match (refused, field.kind) {
        (Some(_), CustomFieldKind::Number) => lang.custom_value_number(&field.name),
        (Some(_), CustomFieldKind::Date) => lang.custom_value_date(&field.name),
        (Some(fault), _) if fault.code == FieldCode::TooLong => {
            lang.field_too_long(&field.name, fault.limit.unwrap_or_default())
        }
        (Some(_), _) => lang.field_invalid(&field.name),
        (None, _) => fault_text(lang, fault),
    }
}

/// Why a text was not saved, in words.
pub fn fault_text(lang: Lang, fault: &Fault) -> String {
    match fault {
        // Forms call another name so.
        Fault::Invalid(fault) if fault.field == "name" => {
            field_text(lang, &FieldError { field: "contact.name".to_owned(), ..fault.clone() })
        }
        Fault::Invalid(fault) => field_text(lang, fault),
        Fault::Call(error) => error_text(lang, error),
        Fault::Overtaken => lang.error_conflict().to_owned(),
    }
}
