//! Undoing a merge, from where it is told of and from the toast right after it.

use crate::{
    api::ConsoleApi,
    i18n::{errors::error_text, lang_now},
    ui::Toasts,
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::error::{ErrorCode, FieldCode};
use types::id::{ContactId, ContactMergeId};

/// Undoes it and says what came of it; `done` is run in either case.
pub fn undo(api: ConsoleApi, toasts: Toasts, (id, merge_id): (ContactId, ContactMergeId), done: Callback<()>) {
    spawn_local(async move {
        match api.undo_contact_merge(id, merge_id).await {
            Ok(_) => toasts.success(lang_now().merge_undone().to_owned()),
            Err(error) => toasts.error(refusal(&error)),
        }
        done.try_run(());
    });
}

fn refusal(error: &ApiError) -> String {
    let lang = lang_now();
    let is_late = matches!(error, ApiError::Problem(problem)
        if problem.errors.iter().any(|fault| fault.code == FieldCode::Expired));
    match error.code() {
        Some(ErrorCode::Conflict) => lang.merge_undo_first().to_owned(),
        Some(ErrorCode::NotFound) => lang.merge_undo_gone().to_owned(),
        _ if is_late => lang.merge_undo_late().to_owned(),
        _ => error_text(lang, error),
    }
}
