//! Asks before a visitor is deleted with all that is kept of them: the name is typed.

use super::found::Found;
use crate::{
    components::form::ErrorPlace,
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, TextField, use_toasts},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::contact_list::ListedContact;
use types::contacts::DeleteContact;
use types::error::ErrorCode;

/// What is typed to confirm: the name, or the number of a nameless contact.
fn typed_for(listed: &ListedContact) -> String {
    listed.contact.name.clone().unwrap_or_else(|| listed.contact.number.to_string())
}

/// The dialog.
#[component]
pub fn EraseDialog(
    /// The contacts.
    found: Found,
    /// Who is asked about, while it is open.
    doomed: RwSignal<Option<ListedContact>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The title stays while the dialog closes.
    let asked = RwSignal::new(None::<ListedContact>);
    crate::ui::effect(move || {
        if let Some(listed) = doomed.get() {
            asked.set(Some(listed));
            open.set(true);
        }
    });
    let title = move || {
        asked
            .with(|asked| asked.as_ref().map(|one| lang().contact_delete_question(&typed_for(one))))
            .unwrap_or_default()
    };
    view! {
        <Dialog open title close_label=t!(close) on_close=Callback::new(move |()| doomed.set(None))>
            {move || asked.get().map(|listed| view! { <Question found listed open /> })}
        </Dialog>
    }
}

#[component]
fn Question(found: Found, listed: ListedContact, open: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let (id, wanted) = (listed.contact.id, StoredValue::new(typed_for(&listed)));
    let name = RwSignal::new(String::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let matches = Signal::derive(move || name.with(|name| wanted.with_value(|wanted| name.trim() == wanted)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !matches.get_untracked() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let (api, request) = (found.api(), DeleteContact { name: name.get_untracked().trim().to_owned() });
        spawn_local(async move {
            let deleted = api.delete_contact(id, &request).await;
            busy.try_set(false);
            match deleted {
                // Somebody else was faster.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    // Where the window was closed meanwhile, the page says it.
                    if let Some(Some(error)) = failed.try_set(Some(error)) {
                        toasts.error(error_text(lang_now(), &error));
                    }
                    return;
                }
                _ => toasts.success(lang_now().contact_deleted().to_owned()),
            }
            found.remove_contact(id);
            open.try_set(false);
        });
    };
    view! {
        <form class="form" novalidate on:submit=submit>
            <p class="dialog__text">{t!(contact_delete_loses)}</p>
            <TextField
                label=move || wanted.with_value(|wanted| lang().contact_delete_confirm(wanted))
                value=name
                name="name"
                autofocus=true
            />
            <ErrorPlace text=Signal::derive(move || {
                failed.with(|failed| failed.as_ref().map(|error| error_text(lang(), error)))
            }) />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button
                    submit=true
                    variant=ButtonVariant::Danger
                    busy
                    disabled=Signal::derive(move || !matches.get())
                >
                    {t!(contact_delete)}
                </Button>
            </div>
        </form>
    }
}
