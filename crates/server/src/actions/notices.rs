//! Telling the owner of an account by email what has happened to it.

use crate::senders::Notice;
use crate::state::AppState;

/// Tells it, where there is a mail server and the account has an address. Nobody waits for it, and nothing depends on it.
pub(crate) fn tell(state: &AppState, email: String, account: String, notice: Notice) {
    if state.mail.is_none() || email.is_empty() {
        return;
    }
    let state = state.clone();
    actix_web::rt::spawn(async move {
        let Some(mail) = &state.mail else { return };
        if let Err(error) = mail.notify(&email, notice, &account).await {
            tracing::warn!(
                error.cause = store::chain(&*error),
                "the owner of an account could not be told of a change"
            );
        }
    });
}
