//! Asks before a webhook is deleted or gets a new secret.

use super::{Hooks, focus_page};
use crate::{
    components::form::ErrorPlace,
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, effect},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;
use types::id::WebhookId;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whether it is to be deleted.
    Delete(WebhookId),
    /// Whether it is to get a new secret.
    Rotate(WebhookId),
}

impl Asked {
    /// Of which.
    fn webhook(self) -> WebhookId {
        match self {
            Self::Delete(id) | Self::Rotate(id) => id,
        }
    }
}

/// The question.
#[component]
pub fn Question(
    /// What is done on the page; `asked` opens it.
    hooks: Hooks,
) -> impl IntoView {
    let (open, busy, failed) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<String>));
    // The words stay while the dialog closes.
    let shown = RwSignal::new(None::<Asked>);
    effect(move || {
        if let Some(asked) = hooks.asked.get() {
            shown.set(Some(asked));
            failed.set(None);
            open.set(true);
        }
    });
    let deletes = move || matches!(shown.get(), Some(Asked::Delete(_)));
    let answer = move |_| {
        let Some(asked) = shown.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let done = carry_out(hooks, asked).await;
            busy.try_set(false);
            failed.try_set(done.as_ref().err().map(|error| error_text(lang_now(), error)));
            if done.is_ok() {
                open.try_set(false);
                hooks.asked.try_set(None);
            }
        });
    };
    view! {
        <Dialog
            open
            title=move || if deletes() { lang().webhook_delete_question() } else { lang().webhook_rotate_question() }
            close_label=t!(close)
            on_close=Callback::new(move |()| hooks.asked.set(None))
        >
            <p class="dialog__text webhook__url">{move || shown.get().and_then(|asked| hooks.get(asked.webhook())).map(|hook| hook.url)}</p>
            <p class="dialog__text">
                {move || if deletes() { lang().webhook_delete_text() } else { lang().webhook_rotate_text() }}
            </p>
            <ErrorPlace text=failed />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                {move || if deletes() {
                    view! { <Button variant=ButtonVariant::Danger busy on:click=answer>{t!(delete)}</Button> }.into_any()
                } else {
                    view! { <Button variant=ButtonVariant::Primary busy on:click=answer>{t!(webhook_rotate)}</Button> }
                        .into_any()
                }}
            </div>
        </Dialog>
    }
}

async fn carry_out(hooks: Hooks, asked: Asked) -> Result<(), ApiError> {
    let api = hooks.api();
    match asked {
        Asked::Delete(id) => match api.delete_webhook(id).await {
            // Somebody else was faster.
            Err(error) if error.code() != Some(ErrorCode::NotFound) => return Err(error),
            Ok(()) | Err(_) => {
                hooks.remove(id);
                hooks.toasts.success(lang_now().webhook_deleted());
                focus_page();
            }
        },
        Asked::Rotate(id) => {
            let created = api.rotate_webhook_secret(id).await?;
            hooks.put(created.webhook);
            hooks.draft.show_secret(created.secret, true);
            hooks.editing.try_set(true);
        }
    }
    Ok(())
}
