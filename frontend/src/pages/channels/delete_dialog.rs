//! Deleting a channel: says what goes with it, and asks for the name.

use crate::{
    api::use_api,
    components::form::{FormError, FormErrors},
    i18n::{errors::error_text, lang, lang_now, t},
    routes,
    stores::{leave_guard::use_leave_guard, live::use_channels},
    ui::{Button, ButtonVariant, Dialog, Skeleton, TextField, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use types::channels::{Channel, DeleteChannel};

/// Asks before a channel is deleted.
#[component]
pub fn DeleteDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The channel.
    channel: Signal<Channel>,
) -> impl IntoView {
    view! {
        <Dialog
            open
            title=move || lang().delete_question(channel.with(|channel| channel.name.clone()))
            close_label=t!(close)
        >
            <DeleteForm open channel />
        </Dialog>
    }
}

#[component]
fn DeleteForm(open: RwSignal<bool>, channel: Signal<Channel>) -> impl IntoView {
    let api = use_api();
    let channels = use_channels();
    let guard = use_leave_guard();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let location = use_location();
    let form = NodeRef::<html::Form>::new();
    let name = RwSignal::new(String::new());
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let contents = LocalResource::new({
        let api = api.clone();
        move || {
            let (api, id) = (api.clone(), channel.with(|channel| channel.id));
            async move { api.get_channel_contents(id).await }
        }
    });
    let matches = Signal::derive(move || channel.with(|channel| name.with(|name| name.trim() == channel.name)));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !matches.get_untracked() {
            return;
        }
        busy.set(true);
        let (api, navigate, location) = (api.clone(), navigate.clone(), location.clone());
        let id = channel.with_untracked(|channel| channel.id);
        spawn_local(async move {
            match api.delete_channel(id, &DeleteChannel { name: name.get_untracked().trim().to_owned() }).await {
                Ok(()) => {
                    toasts.success(lang_now().channel_deleted());
                    // Who has gone elsewhere meanwhile is not fetched back. The place tells, and not whether this form is still
                    // there: the event may have taken the page away before the answer came.
                    if location.pathname.get_untracked() == routes::channel(id) {
                        guard.let_go();
                        let _closed = open.try_set(false);
                        navigate(routes::INBOX, NavigateOptions { replace: true, ..NavigateOptions::default() });
                    }
                    channels.remove(id);
                }
                // Who has closed the dialog is told where they are now.
                Err(error) if busy.is_disposed() => toasts.error(error_text(lang_now(), &error)),
                Err(error) => {
                    errors.fail(error);
                    busy.set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };

    view! {
        <form class="form" node_ref=form novalidate on:submit=submit>
            <p class="dialog__text">{t!(delete_contents)}</p>
            {move || match contents.get() {
                None => view! { <Skeleton lines=3 /> }.into_any(),
                Some(Ok(contents)) => {
                    view! {
                        <ul class="delete-channel__contents">
                            <li>{t!(delete_contacts(contents.contacts))}</li>
                            <li>{t!(delete_conversations(contents.conversations))}</li>
                            <li>{t!(delete_messages(contents.messages))}</li>
                        </ul>
                    }
                        .into_any()
                }
                Some(Err(error)) => view! { <p class="form-error">{move || error_text(lang(), &error)}</p> }.into_any(),
            }}
            <p class="delete-channel__name">
                {t!(channel_name)} <code class="delete-channel__chip">{move || channel.with(|channel| channel.name.clone())}</code>
            </p>
            <TextField
                label=t!(delete_confirm_name)
                value=name
                error=errors.of("name")
                name="name"
                autofocus=true
            />
            <FormError errors />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button
                    variant=ButtonVariant::Danger
                    submit=true
                    busy
                    disabled=Signal::derive(move || !matches.get())
                >
                    {t!(delete)}
                </Button>
            </div>
        </form>
    }
}
