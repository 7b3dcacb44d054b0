//! Asks before a visitor is deleted with all that is kept of them: the name is typed.

use super::found::Found;
use crate::{
    components::{form::ErrorPlace, inbox::names::contact_name},
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, ErrorState, TextField, use_toasts},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::contact_list::ListedContact;
use types::contact_merges::ContactMerge;
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

type Merges = RwSignal<Option<Result<Vec<ContactMerge>, ApiError>>>;

/// Something of each merge, once they are here.
fn shown<T>(merges: Merges, read: impl Fn(&ContactMerge) -> T) -> Option<Vec<T>> {
    merges.with(|merges| Some(merges.as_ref()?.as_ref().ok()?.iter().map(read).collect()))
}

#[component]
fn Question(found: Found, listed: ListedContact, open: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let (id, wanted) = (listed.contact.id, StoredValue::new(typed_for(&listed)));
    let name = RwSignal::new(String::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    // Who goes with them is shown, and nobody else goes.
    let merges = Merges::new(None);
    let is_ready = move || merges.with(|merges| matches!(merges, Some(Ok(_))));
    let matches =
        Signal::derive(move || is_ready() && name.with(|name| wanted.with_value(|wanted| name.trim() == wanted)));
    let load = move || {
        merges.set(None);
        let api = found.api();
        spawn_local(async move {
            let answer = api.list_contact_merges(id).await;
            merges.try_set(Some(answer.map(|known| known.items)));
        });
    };
    load();
    let merged = move || {
        let names = shown(merges, |merge| contact_name(&merge.merged))?;
        (!names.is_empty()).then(|| lang().contact_delete_merged(&lang().listed(&names)))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let known = untrack(|| shown(merges, |merge| merge.id));
        let Some(merge_ids) = known.filter(|_| matches.get_untracked() && !busy.get_untracked()) else { return };
        busy.set(true);
        failed.set(None);
        let (api, request) =
            (found.api(), DeleteContact { name: name.get_untracked().trim().to_owned(), merge_ids: Some(merge_ids) });
        spawn_local(async move {
            let deleted = api.delete_contact(id, &request).await;
            busy.try_set(false);
            match deleted {
                Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                    toasts.error(lang_now().contact_delete_changed().to_owned());
                    if merges.try_set(None).is_none() {
                        load();
                    }
                    return;
                }
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
            {move || merged().map(|text| view! { <p class="dialog__text">{text}</p> })}
            {move || merges.get().and_then(Result::err).map(|error| view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| load())
                />
            })}
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
