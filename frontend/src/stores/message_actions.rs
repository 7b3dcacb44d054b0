//! What the person does to a message that was said: copies it, recalls it.

use super::composing::{Composing, use_composing};
use super::inbox::{Inbox, use_inbox};
use crate::api::{ConsoleApi, use_api};
use crate::i18n::{errors::error_text, lang_now};
use crate::ui::{Toasts, copy_text, use_toasts};
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;
use types::messages::{Content, Message};

/// What can be done to a message. `Copy`; get it by [`use_message_actions`].
#[derive(Clone, Copy)]
pub struct MessageActions {
    inbox: Inbox,
    api: StoredValue<ConsoleApi>,
    composing: Composing,
    toasts: Toasts,
}

/// What can be done to a message. Call it where contexts are at hand.
pub fn use_message_actions() -> MessageActions {
    let (inbox, composing, toasts) = (use_inbox(), use_composing(), use_toasts());
    MessageActions { inbox, api: StoredValue::new(use_api()), composing, toasts }
}

impl MessageActions {
    /// Puts a text into the clipboard.
    pub fn copy(self, text: String) {
        spawn_local(async move {
            let lang = lang_now();
            match copy_text(&text).await {
                Ok(()) => self.toasts.success(lang.copied()),
                Err(_) => self.toasts.error(lang.copy_failed()),
            }
        });
    }

    /// Recalls a message of the person's own. `done` runs once the server has answered, and what is shown has changed.
    pub fn recall(self, message: Message, done: Callback<()>) {
        let api = self.api.get_value();
        // Before the server is asked: the event may be here before its answer.
        if let Content::Text { text } | Content::Reply { text, .. } = message.content {
            self.composing.remember(message.id, text);
        }
        spawn_local(async move {
            match api.recall_message(message.conversation_id, message.id).await {
                Ok(recalled) => self.inbox.put_recalled(recalled),
                Err(error) => self.toasts.error(match error.code() {
                    Some(ErrorCode::Conflict) => lang_now().recall_too_late().to_owned(),
                    _ => error_text(lang_now(), &error),
                }),
            }
            done.try_run(());
        });
    }
}
