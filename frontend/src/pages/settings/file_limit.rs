//! How large a file may be in all channels; admins set it.

use crate::{
    api::use_api,
    components::form::{FormError, FormErrors},
    i18n::{lang_now, t},
    pages::channels::draft::{megabytes, typed},
    stores::leave_guard::use_leave_guard,
    ui::{Button, ButtonVariant, ErrorState, InputKind, TextField, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use types::{attachments::FileLimit, validate::Validate};

/// The form; nothing until the limit is known.
#[component]
pub fn FileLimitForm() -> impl IntoView {
    let (api, toasts) = (use_api(), use_toasts());
    let known = RwSignal::new(None::<u16>);
    let value = RwSignal::new(String::new());
    let failed = RwSignal::new(false);
    let asking = StoredValue::new_local(api.clone());
    let ask = move || {
        failed.set(false);
        let api = asking.get_value();
        spawn_local(async move {
            match api.get_file_limit().await {
                Ok(limit) => {
                    value.try_set(typed(limit.max_megabytes));
                    known.try_set(Some(limit.max_megabytes));
                }
                Err(_) => drop(failed.try_set(true)),
            }
        });
    };
    ask();
    let form = NodeRef::<html::Form>::new();
    let (busy, errors) = (RwSignal::new(false), FormErrors::none());
    let unchanged = Signal::derive(move || known.get().is_none_or(|known| megabytes(&value.get()) == known));
    use_leave_guard().watch(Signal::derive(move || !unchanged.get()));
    let request = move || FileLimit { max_megabytes: megabytes(&value.get_untracked()) };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let request = request();
        if busy.get_untracked() || !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        let api = api.clone();
        let work = async move {
            known.try_set(Some(api.set_file_limit(&request).await?.max_megabytes));
            toasts.success(lang_now().channel_saved());
            Ok(())
        };
        errors.carry_out(form, busy, Box::pin(work));
    };
    view! {
        <section class="card" aria-labelledby="file-limit-title">
            <div class="card__head">
                <h2 class="card__title" id="file-limit-title">{t!(organisation_files)}</h2>
                <p class="card__text">{t!(organisation_files_note)}</p>
            </div>
            <Show when=move || failed.get()>
                <ErrorState
                    message=t!(load_failed)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| ask())
                />
            </Show>
            <form class="form account__password" hidden=move || failed.get() node_ref=form novalidate on:submit=submit>
                <TextField
                    label=t!(max_file)
                    value
                    error=errors.of("max_megabytes")
                    hint=t!(max_file_note)
                    name="max_megabytes"
                    kind=InputKind::Digits
                    disabled=Signal::derive(move || known.get().is_none())
                    on_leave=Callback::new(move |()| {
                        errors.check_all(request().validate());
                    })
                />
                <FormError errors />
                <div class="form__actions">
                    <Button variant=ButtonVariant::Primary submit=true busy disabled=unchanged>{t!(save)}</Button>
                </div>
            </form>
        </section>
    }
}
