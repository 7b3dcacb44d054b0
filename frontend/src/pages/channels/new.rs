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
        title::set_page_title,
    },
    ui::{Button, ButtonVariant, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
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
    guard.watch(Signal::derive(move || draft.is_begun()));

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
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
                    guard.let_go();
                    toasts.success(lang_now().channel_created());
                    let address = routes::channel(channel.id);
                    channels.put(channel);
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
            <PageHead title=t!(new_channel_title) hint=t!(new_channel_hint) />
            <form class="channel-page" node_ref=form novalidate on:submit=submit>
                <div class="channel-page__form">
                    <ChannelFields draft errors disabled=false autofocus=true />
                    <FormError errors />
                    <div class="form__actions">
                        <Button variant=ButtonVariant::Primary submit=true busy>
                            {t!(save)}
                        </Button>
                        <Button on:click=move |_| leave(routes::INBOX)>{t!(cancel)}</Button>
                    </div>
                </div>
                <aside class="channel-page__side">
                    <section class="card" aria-label=t!(preview)>
                        <h2 class="card__title">{t!(preview)}</h2>
                        <Preview draft />
                    </section>
                </aside>
            </form>
        </div>
    }
}
