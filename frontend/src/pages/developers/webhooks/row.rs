//! A webhook of the list, with what can be done to it.

use super::Hooks;
use super::log::Log;
use super::question::Asked;
use super::words::state_name;
use crate::{
    i18n::{format, lang, t},
    ui::{Button, ButtonSize, ButtonVariant, Icon, IconButton},
};
use leptos::prelude::*;
use types::id::WebhookId;
use types::webhooks::{Webhook, WebhookPause, WebhookState};

/// A row of the list. Its log stays open whatever changes.
#[component]
pub fn WebhookRow(
    /// Which.
    id: WebhookId,
    /// What is done on the page.
    hooks: Hooks,
) -> impl IntoView {
    let webhook = Memo::new(move |_| hooks.get(id));
    let (is_open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let paused =
        Memo::new(move |_| webhook.with(|known| known.as_ref().is_some_and(|known| known.paused_at.is_some())));
    let edit = move |_| {
        if let Some(webhook) = webhook.get_untracked() {
            hooks.draft.of_webhook(&webhook);
            hooks.editing.set(true);
        }
    };
    view! {
        <li class="webhook" data-webhook=id.to_string()>
            <div class="webhook__head">
                {move || webhook.get().map(facts)}
                <div class="webhook__tools">
                    <IconButton icon=Icon::Pencil label=t!(webhook_edit) on:click=edit />
                    <IconButton
                        icon=Icon::Refresh
                        label=t!(webhook_rotate)
                        on:click=move |_| hooks.asked.set(Some(Asked::Rotate(id)))
                    />
                    <IconButton
                        icon=Icon::Trash
                        label=t!(delete)
                        on:click=move |_| hooks.asked.set(Some(Asked::Delete(id)))
                    />
                </div>
            </div>
            {move || webhook.get().and_then(|known| why_paused(known.paused_for))}
            <div class="webhook__actions">
                <Button
                    size=ButtonSize::Small
                    icon=Icon::Send
                    disabled=Signal::derive(move || busy.get() || paused.get())
                    on:click=move |_| hooks.test(id, busy)
                >
                    {t!(webhook_test)}
                </Button>
                <Button
                    size=ButtonSize::Small
                    disabled=busy
                    on:click=move |_| hooks.set_paused(id, !paused.get_untracked(), busy)
                >
                    {move || if paused.get() { lang().webhook_resume() } else { lang().webhook_pause() }}
                </Button>
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    attr:aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)
                >
                    {move || if is_open.get() { lang().deliveries_hide() } else { lang().deliveries_show() }}
                </Button>
            </div>
            <Show when=move || is_open.get()>
                <Log id hooks paused />
            </Show>
        </li>
    }
}

fn facts(webhook: Webhook) -> impl IntoView {
    let state = webhook.state;
    let mark = match state {
        WebhookState::Healthy => "webhook__state webhook__state--healthy",
        WebhookState::Failing => "webhook__state webhook__state--failing",
        WebhookState::Paused => "webhook__state",
    };
    let (failing, delivered, events) = (webhook.failing_since, webhook.delivered_at, webhook.events.len());
    view! {
        <div class="webhook__text">
            <p class="webhook__url">{webhook.url}</p>
            {(!webhook.description.is_empty()).then(|| view! { <p class="webhook__about">{webhook.description}</p> })}
            <p class="webhook__facts">
                <span class=mark>{move || state_name(lang(), state)}</span>
                <span>{move || lang().webhook_events_count(events)}</span>
                {webhook.includes_contact_details.then(|| view! { <span>{t!(webhook_details)}</span> })}
                <span>{move || match (failing, delivered) {
                    (Some(since), _) => lang().webhook_failing_since(format::date_time(since)),
                    (None, Some(at)) => lang().webhook_delivered_at(format::date_time(at)),
                    (None, None) => lang().webhook_never().to_owned(),
                }}</span>
            </p>
        </div>
    }
}

fn why_paused(reason: Option<WebhookPause>) -> Option<impl IntoView> {
    let gone = match reason? {
        WebhookPause::ByAdmin => return None,
        WebhookPause::Failing => false,
        WebhookPause::Gone => true,
    };
    Some(view! {
        <p class="webhook__alert" role="status">
            {move || if gone { lang().webhook_paused_gone() } else { lang().webhook_paused_failing() }}
        </p>
    })
}
