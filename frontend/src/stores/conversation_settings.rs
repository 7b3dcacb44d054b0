//! What the person sets of a conversation or a contact: asks the server, shows it at once, says how it went.

use super::inbox::{Inbox, use_inbox};
use crate::api::{ConsoleApi, use_api};
use crate::i18n::{errors::error_text, format, lang_now};
use crate::ui::{Toasts, use_toasts};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::assignment::{SnoozeConversation, TransferConversation, TransferTargets};
use types::contacts::{Contact, ContactPatch, SetBlocked};
use types::conversations::PersonalPatch;
use types::error::ErrorCode;
use types::id::{AgentId, ContactId, ConversationId};
use types::limits;

/// What can be set. `Copy`; get it by [`use_conversation_settings`].
#[derive(Clone, Copy)]
pub struct ConversationSettings {
    inbox: Inbox,
    api: StoredValue<ConsoleApi, LocalStorage>,
    toasts: Toasts,
}

/// What can be set.
pub fn use_conversation_settings() -> ConversationSettings {
    expect_context()
}

impl ConversationSettings {
    /// Makes it available to everything below, for the agent who is signed in: what was asked outlives the page that asked.
    pub fn provide() {
        let api = StoredValue::new_local(use_api());
        provide_context(Self { inbox: use_inbox(), api, toasts: use_toasts() });
    }

    /// Pins, mutes or marks, for the person alone.
    pub async fn set_personal(self, id: ConversationId, patch: PersonalPatch) {
        let api = self.api.get_value();
        match api.personalise_conversation(id, &patch).await {
            Ok(conversation) => self.inbox.put(conversation),
            Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                self.toasts.error(lang_now().too_many_pinned(limits::PINNED_MAX));
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Takes everything of a conversation as read, messages, mark and mention; or marks it unread, to come back to it.
    pub async fn set_read(self, id: ConversationId, read: bool) {
        if read {
            self.inbox.mark_read(id);
        }
        let marked_unread = Some(!read);
        let patch = PersonalPatch { marked_unread, mentioned: read.then_some(false), ..PersonalPatch::default() };
        let known = self.inbox.conversation_now(id).map(|conversation| conversation.personal());
        if known.is_some_and(|known| known.after(&patch) != known) {
            self.set_personal(id, patch).await;
        }
    }

    fn personalise(self, id: ConversationId, patch: PersonalPatch) {
        spawn_local(self.set_personal(id, patch));
    }

    /// The person opens a conversation that they had marked unread: they have come back to it.
    pub fn came_back(self, id: ConversationId) {
        if !self.inbox.is_view()
            && self.inbox.conversation_now(id).is_some_and(|conversation| conversation.marked_unread)
        {
            self.personalise(id, PersonalPatch { marked_unread: Some(false), ..PersonalPatch::default() });
        }
    }

    /// What mentions the person is before their eyes.
    pub fn saw_mention(self, id: ConversationId) {
        if !self.inbox.is_view() {
            self.personalise(id, PersonalPatch { mentioned: Some(false), ..PersonalPatch::default() });
        }
    }

    /// Clears the history, for everybody.
    pub async fn clear(self, id: ConversationId) -> Result<(), ApiError> {
        let api = self.api.get_value();
        api.clear_conversation(id).await?;
        self.show_what_is_left(id).await;
        self.toasts.success(lang_now().history_cleared());
        Ok(())
    }

    /// What is shown goes with the event of what was done, which somebody who is suspended does not hear.
    async fn show_what_is_left(self, id: ConversationId) {
        let api = self.api.get_value();
        if let Ok(conversation) = api.get_conversation(id).await {
            self.inbox.put_fetched(conversation);
        }
    }

    /// Deletes the conversation, for everybody.
    pub async fn delete(self, id: ConversationId) -> Result<(), ApiError> {
        let api = self.api.get_value();
        match api.delete_conversation(id).await {
            // Somebody else was faster.
            Err(error) if error.code() != Some(ErrorCode::NotFound) => return Err(error),
            _ => {}
        }
        self.inbox.remove(id);
        self.toasts.success(lang_now().chat_deleted());
        Ok(())
    }

    /// Adds a colleague to the conversation.
    pub async fn add_member(self, id: ConversationId, agent: AgentId) -> Result<(), ApiError> {
        let api = self.api.get_value();
        let conversation = api.add_conversation_member(id, agent).await?;
        self.inbox.put(conversation);
        Ok(())
    }

    /// Removes a colleague from the conversation, or leaves it. That it is theirs no more everybody hears, also who is suspended.
    pub async fn remove_member(self, id: ConversationId, agent: AgentId) -> Result<(), ApiError> {
        let api = self.api.get_value();
        api.remove_conversation_member(id, agent).await?;
        self.show_what_is_left(id).await;
        Ok(())
    }

    /// Makes a conversation the person's own.
    pub async fn take_over(self, id: ConversationId) {
        let api = self.api.get_value();
        match api.take_over_conversation(id).await {
            Ok(conversation) => {
                self.inbox.put(conversation);
                self.toasts.success(lang_now().chat_taken());
            }
            Err(error) => self.not_given(&error),
        }
    }

    /// Closes a conversation, or opens it again.
    pub async fn set_closed(self, id: ConversationId, closed: bool) {
        let api = self.api.get_value();
        let answer = if closed { api.close_conversation(id).await } else { api.reopen_conversation(id).await };
        match answer {
            Ok(conversation) => {
                self.inbox.put(conversation);
                let lang = lang_now();
                self.toasts.success(if closed { lang.chat_closed() } else { lang.chat_reopened() });
            }
            Err(error) => self.not_given(&error),
        }
    }

    /// Puts a conversation off, which can be undone.
    pub async fn snooze(self, id: ConversationId, request: SnoozeConversation) -> Result<(), ApiError> {
        let api = self.api.get_value();
        let conversation = api.snooze_conversation(id, &request).await?;
        self.inbox.put(conversation);
        let (lang, undo) = (lang_now(), Callback::new(move |()| spawn_local(self.wake(id))));
        self.toasts.undoable(lang.snoozed_until(&format::date_time(request.until)), lang.undo(), undo);
        Ok(())
    }

    /// Brings a conversation back that is put off.
    pub async fn wake(self, id: ConversationId) {
        // The person may have signed out before they took it back.
        let Some(api) = self.api.try_get_value() else { return };
        match api.wake_conversation(id).await {
            Ok(conversation) => {
                self.inbox.put(conversation);
                self.toasts.success(lang_now().snooze_ended());
            }
            Err(error) => self.failed(&error),
        }
    }

    /// To whom conversations can be handed on.
    pub async fn transfer_targets(self) -> Result<TransferTargets, ApiError> {
        let api = self.api.get_value();
        api.list_transfer_targets().await
    }

    /// Hands a conversation on. That it is theirs no more everybody hears, also who is suspended.
    pub async fn transfer(self, id: ConversationId, request: TransferConversation) -> Result<(), ApiError> {
        let api = self.api.get_value();
        api.transfer_conversation(id, &request).await?;
        self.show_what_is_left(id).await;
        self.toasts.success(lang_now().chat_transferred());
        Ok(())
    }

    fn not_given(self, error: &ApiError) {
        if error.code() == Some(ErrorCode::Conflict) {
            self.toasts.error(lang_now().chat_full());
        } else {
            self.failed(error);
        }
    }

    /// Puts somebody on the blacklist or takes them off it. Answers whether it is so now.
    pub async fn set_blocked(self, id: ContactId, blocked: bool) -> bool {
        let api = self.api.get_value();
        match api.set_contact_blocked(id, &SetBlocked { blocked }).await {
            Ok(contact) => {
                self.inbox.put_contact(contact);
                let lang = lang_now();
                self.toasts.success(if blocked { lang.blacklist_added() } else { lang.blacklist_removed() });
                true
            }
            Err(error) => {
                self.failed(&error);
                false
            }
        }
    }

    /// Edits a contact of a version that the person has seen.
    pub async fn edit(self, id: ContactId, patch: ContactPatch) -> Result<Contact, ApiError> {
        let api = self.api.get_value();
        let contact = api.update_contact(id, &patch).await?;
        self.inbox.put_contact(contact.clone());
        Ok(contact)
    }

    /// A contact as the server has it.
    pub async fn fetch(self, id: ContactId) -> Result<Contact, ApiError> {
        let api = self.api.get_value();
        let contact = api.get_contact(id).await?;
        self.inbox.put_contact(contact.clone());
        Ok(contact)
    }

    fn failed(self, error: &ApiError) {
        self.toasts.error(error_text(lang_now(), error));
    }
}
