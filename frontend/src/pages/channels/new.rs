//! Adding a website channel.

use super::{draft::Draft, fields::ChannelFields, preview::Preview};
use crate::{
    api::use_api,
    components::{
        form::{FormError, FormErrors},
        page_head::PageHead,
    },
    i18n::{lang_now, t},
    routes,
    stores::{
        leave_guard::{use_guarded_navigate, use_leave_guard},
        live::use_channels,
        session::use_session,
        title::set_page_title,
    },
    ui::{Button, ButtonVariant, Icon, IconView, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use rules::permissions::Permission;
use types::validate::Validate;

/// A new website channel; leads to its page with the code to paste.
#[component]
pub fn NewChannelPage() -> impl IntoView {
    set_page_title(t!(add_channel));
    let api = use_api();
    let channels = use_channels();
    let guard = use_leave_guard();
    let toasts = use_toasts();
    let navigate = use_navigate();
    let leave = use_guarded_navigate();
    let form = NodeRef::<html::Form>::new();
    let draft = Draft::blank();
    let errors = FormErrors::none();
    let busy = RwSignal::new(false);
    let may = {
        let session = use_session();
        Memo::new(move |_| session.may(Permission::ManageChannels))
    };
    guard.watch(Signal::derive(move || draft.is_begun()));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let request = untrack(|| draft.to_create());
        if !errors.check_all(request.validate()) {
            FormErrors::show_first(form);
            return;
        }
        busy.set(true);
        let (api, navigate) = (api.clone(), navigate.clone());
        spawn_local(async move {
            match api.create_channel(&request).await {
                Ok(channel) => {
                    toasts.success(lang_now().channel_created());
                    let address = routes::channel(channel.id);
                    channels.put(channel);
                    // Who has gone elsewhere meanwhile is not fetched back.
                    if busy.is_disposed() {
                        return;
                    }
                    guard.let_go();
                    navigate(&address, NavigateOptions { replace: true, ..NavigateOptions::default() });
                }
                Err(error) => {
                    errors.fail(error);
                    busy.set(false);
                    FormErrors::show_first(form);
                }
            }
        });
    };

    view! {
        <div class="page">
            <PageHead title=t!(new_channel_title) hint=t!(new_channel_hint) back=true />
            <Show when=move || !may.get()>
                <p class="notice">
                    <IconView icon=Icon::Info size=18 />
                    {t!(admins_edit_only)}
                </p>
            </Show>
            <form class="channel-page" node_ref=form novalidate on:submit=submit>
                <div class="channel-page__form">
                    <ChannelFields draft errors disabled=Signal::derive(move || !may.get()) autofocus=true />
                    <FormError errors />
                    <div class="form__actions channel-page__actions">
                        <Button
                            variant=ButtonVariant::Primary
                            submit=true
                            busy
                            disabled=Signal::derive(move || !may.get())
                        >
                            {t!(save)}
                        </Button>
                        <Button on:click=move |_| leave(routes::INBOX)>{t!(cancel)}</Button>
                    </div>
                </div>
                <aside class="channel-page__side">
                    <Preview draft />
                </aside>
            </form>
        </div>
    }
}
