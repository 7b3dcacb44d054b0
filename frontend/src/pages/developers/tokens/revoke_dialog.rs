//! Asks before a token is revoked.

use super::Tokens;
use crate::{
    components::form::ErrorPlace,
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, effect, focus_instead},
};
use leptos::{prelude::*, task::spawn_local};
use types::api_tokens::ApiToken;
use types::error::ErrorCode;

/// The question.
#[component]
pub fn RevokeDialog(
    /// What is done on the page; `revoking` is what is asked about.
    tokens: Tokens,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The title stays while the dialog closes.
    let asked = RwSignal::new(None::<ApiToken>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    effect(move || {
        if let Some(token) = tokens.revoking.get() {
            asked.set(Some(token));
            failed.set(None);
            open.set(true);
        }
    });
    let title = move || {
        asked
            .with(|asked| asked.as_ref().map(|token| lang().api_token_revoke_question(&token.name)).unwrap_or_default())
    };
    let answer = move |_| {
        let Some(token) = asked.get_untracked().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let api = tokens.api();
        spawn_local(async move {
            let revoked = api.revoke_api_token(token.id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match revoked {
                // Somebody else was faster.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    failed.set(Some(error_text(lang_now(), &error)));
                }
                _ => {
                    tokens.items.update(|items| items.iter_mut().for_each(|all| all.retain(|one| one.id != token.id)));
                    tokens.toasts.success(lang_now().api_token_revoked(&token.name));
                    open.set(false);
                    focus_instead(&["#content"]);
                }
            }
        });
    };
    view! {
        <Dialog open title close_label=t!(close) on_close=Callback::new(move |()| tokens.revoking.set(None))>
            <p class="dialog__text">{t!(api_token_revoke_explained)}</p>
            <ErrorPlace text=failed />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger busy on:click=answer>{t!(api_token_revoke)}</Button>
            </div>
        </Dialog>
    }
}
