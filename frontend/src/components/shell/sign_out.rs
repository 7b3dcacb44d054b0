//! Signing out: this device, or every one. Whoever would lose something by it is asked first; afterwards nothing asks any more.

use crate::{
    api::use_api,
    components::form::{ErrorPlace, FormErrors},
    i18n::{errors::error_text, lang, lang_now, t},
    stores::{
        contact_edits::use_contact_edits, inbox::use_inbox, leave_guard::use_leave_guard, session::use_session,
        uploads::use_uploads,
    },
    ui::{Button, ButtonVariant, Dialog, use_toasts},
};
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;

/// Whether the question is open. `Copy`; the dialog is one for the page.
#[derive(Clone, Copy)]
struct Asking(RwSignal<bool>);

/// Makes signing out available to everything below, for the agent who is signed in.
pub fn provide_sign_out() {
    provide_context(Asking(RwSignal::new(false)));
}

/// What signing out would lose, or leave behind, in words.
fn use_losses() -> impl Fn() -> Vec<String> + Clone + Send + Sync + 'static {
    let (uploads, edits, guard, inbox) = (use_uploads(), use_contact_edits(), use_leave_guard(), use_inbox());
    move || {
        let mut losses = Vec::new();
        let files = uploads.count_now();
        if files > 0 {
            losses.push(lang().sign_out_files(files));
        }
        if guard.has_anything_unsaved() || edits.are_open_now() {
            losses.push(lang().sign_out_unsaved().to_owned());
        }
        let messages = inbox.count_unsent_now();
        if messages > 0 {
            losses.push(lang().sign_out_unsent(messages));
        }
        losses
    }
}

/// Signs this device out, after a question where something would be lost; says when it did not work.
pub fn use_sign_out() -> impl Fn() + Clone + Send + Sync + 'static {
    let Asking(asking) = expect_context();
    let (losses, sign_out) = (use_losses(), use_sign_out_now());
    move || if untrack(&losses).is_empty() { sign_out() } else { asking.set(true) }
}

fn use_sign_out_now() -> impl Fn() + Clone + Send + Sync + 'static {
    let session = use_session();
    let toasts = use_toasts();
    let api = use_api();
    move || {
        let api = api.clone();
        spawn_local(async move {
            match api.logout().await {
                Err(error) if error.code() != Some(ErrorCode::Unauthenticated) => {
                    toasts.error(error_text(lang_now(), &error));
                }
                _ => session.leave(),
            }
        });
    }
}

/// What would be lost, where there is something.
fn list(losses: Vec<String>) -> AnyView {
    if losses.is_empty() {
        return ().into_any();
    }
    let lines: Vec<AnyView> = losses.into_iter().map(|loss| view! { <li>{loss}</li> }.into_any()).collect();
    view! { <ul class="dialog__list">{lines}</ul> }.into_any()
}

/// Asks before something is lost by signing out. Once per page.
#[component]
pub fn SignOutDialog() -> impl IntoView {
    let Asking(open) = expect_context();
    let (losses, sign_out) = (use_losses(), use_sign_out_now());
    let go = move |_| {
        // What it says when it does not work stands on the page.
        open.set(false);
        sign_out();
    };
    view! {
        <Dialog open title=t!(sign_out_question) close_label=t!(close)>
            {list(losses())}
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger on:click=go.clone()>{t!(sign_out_anyway)}</Button>
            </div>
        </Dialog>
    }
}

/// Asks before every device is signed out.
#[component]
pub fn SignOutEverywhereDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let session = use_session();
    let api = use_api();
    let losses = use_losses();
    let busy = RwSignal::new(false);
    // Shown here: a note on the page would be behind this window.
    let errors = FormErrors::none();
    let go = move |_| {
        let api = api.clone();
        busy.set(true);
        errors.check_all(Vec::new());
        spawn_local(async move {
            match api.logout_everywhere().await {
                Err(error) if error.code() != Some(ErrorCode::Unauthenticated) => {
                    busy.set(false);
                    errors.fail(error);
                }
                _ => session.leave(),
            }
        });
    };
    view! {
        <Dialog
            open
            title=t!(sign_out_everywhere_question)
            close_label=t!(close)
            on_close=Callback::new(move |()| {
                errors.check_all(Vec::new());
            })
        >
            <p class="dialog__text">{t!(sign_out_everywhere_detail)}</p>
            {list(losses())}
            <ErrorPlace text=errors.of_whole() />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger busy on:click=go.clone()>
                    {t!(sign_out_everywhere)}
                </Button>
            </div>
        </Dialog>
    }
}
