//! What a webhook was told, and is to be told. While something waits it is asked for anew now and then.

use super::Hooks;
use super::words::{delivery_name, event_name, outcome};
use crate::{
    i18n::{errors::error_text, format, lang, lang_now, t},
    ui::{Button, ButtonSize, ButtonVariant, EmptyState, ErrorState, Icon, Select, Skeleton, effect},
};
use client::rest::ApiError;
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use std::time::Duration;
use types::id::{WebhookDeliveryId, WebhookId};
use types::webhooks::{ReplayFailedDeliveries, WebhookDelivery, WebhookDeliveryContents, WebhookDeliveryState};

/// How often a log is asked for anew in which something waits.
const LOOK: Duration = Duration::from_secs(3);
/// How far back what has failed is sent again, in days.
const SINCE: [&str; 3] = ["1", "7", "30"];
/// As a choice: whatever has become of them.
const ALL: &str = "all";

/// A log on show. `Copy`.
#[derive(Clone, Copy)]
struct Shown {
    id: WebhookId,
    hooks: Hooks,
    items: RwSignal<Option<Vec<WebhookDelivery>>>,
    next: RwSignal<Option<String>>,
    failed: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    state: RwSignal<Option<WebhookDeliveryState>>,
}

impl Shown {
    /// Asks for the first page, or for the next one.
    fn load(self, more: bool) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.failed.set(None);
        let (api, wanted) = (self.hooks.api(), self.state.get_untracked());
        let cursor = self.next.get_untracked().filter(|_| more);
        spawn_local(async move {
            let page = api.list_webhook_deliveries(self.id, wanted, cursor.as_deref()).await;
            // The log may be gone by the time the answer is here.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match page {
                // Something else is wanted meanwhile.
                Ok(_) if self.state.get_untracked() != wanted => self.load(false),
                Ok(page) => {
                    self.items.update(|items| match items {
                        Some(items) if more => items.extend(page.items),
                        items => *items = Some(page.items),
                    });
                    self.next.set(page.next_cursor);
                }
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    /// Sends one again.
    fn replay(self, id: WebhookDeliveryId) {
        let api = self.hooks.api();
        spawn_local(async move {
            match api.replay_webhook_delivery(self.id, id).await {
                Ok(_) => self.hooks.changed(),
                Err(error) => self.hooks.toasts.error(error_text(lang_now(), &error)),
            }
        });
    }

    /// Sends what has failed again.
    fn replay_failed(self, days: i64) {
        let api = self.hooks.api();
        let since = format::now().plus_seconds(days.saturating_mul(-86_400));
        spawn_local(async move {
            match api.replay_failed_webhook_deliveries(self.id, &ReplayFailedDeliveries { since }).await {
                Ok(done) => {
                    self.hooks.toasts.success(lang_now().deliveries_replayed(done.replayed));
                    self.hooks.changed();
                }
                Err(error) => self.hooks.toasts.error(error_text(lang_now(), &error)),
            }
        });
    }
}

/// The log of a webhook.
#[component]
pub fn Log(
    /// Which.
    id: WebhookId,
    /// What is done on the page.
    hooks: Hooks,
    /// Whether nothing can be sent at present.
    paused: Memo<bool>,
) -> impl IntoView {
    let shown = Shown {
        id,
        hooks,
        items: RwSignal::new(None),
        next: RwSignal::new(None),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
        state: RwSignal::new(None),
    };
    effect(move || {
        hooks.changes.track();
        shown.state.track();
        untrack(|| shown.load(false));
    });
    let waits = move |items: &[WebhookDelivery]| items.iter().any(|one| one.state == WebhookDeliveryState::Waiting);
    let look = move || {
        let is_due = shown.items.try_with_untracked(|items| items.as_deref().is_some_and(waits));
        if is_due == Some(true) && !document().hidden() {
            shown.load(false);
        }
    };
    if let Ok(looking) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || looking.clear());
    }
    let days = RwSignal::new("1");
    let states = [WebhookDeliveryState::Waiting, WebhookDeliveryState::Delivered, WebhookDeliveryState::Failed];
    let mut choices = vec![(ALL, t!(deliveries_all).into())];
    choices.extend(states.map(|state| (state.as_str(), (move || delivery_name(lang(), state)).into())));
    view! {
        <section class="deliveries" aria-label=t!(deliveries)>
            <div class="deliveries__tools">
                <Select
                    label=t!(deliveries_of)
                    choices
                    value=Signal::derive(move || shown.state.get().map_or(ALL, WebhookDeliveryState::as_str))
                    on_choose=Callback::new(move |chosen: String| shown.state.set(WebhookDeliveryState::parse(&chosen)))
                />
                <Select
                    label=t!(deliveries_since)
                    choices=vec![
                        ("1", t!(deliveries_since_day).into()),
                        ("7", t!(deliveries_since_week).into()),
                        ("30", t!(deliveries_since_month).into()),
                    ]
                    value=days
                    on_choose=Callback::new(move |chosen: String| {
                        days.set(SINCE.into_iter().find(|known| *known == chosen).unwrap_or("1"));
                    })
                />
                <Button
                    size=ButtonSize::Small
                    disabled=paused
                    on:click=move |_| shown.replay_failed(days.get_untracked().parse().unwrap_or(1))
                >
                    {t!(deliveries_replay_failed)}
                </Button>
            </div>
            {move || shown.failed.get().map(|error| view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| shown.load(false))
                />
            })}
            {move || match shown.items.with(|items| items.as_ref().map(Vec::is_empty)) {
                None if shown.failed.with(Option::is_none) => view! { <Skeleton lines=3 /> }.into_any(),
                Some(true) => view! {
                    <EmptyState icon=Icon::Clock title=t!(deliveries_empty) hint=t!(deliveries_empty_hint) />
                }
                .into_any(),
                None | Some(false) => ().into_any(),
            }}
            <ul class="deliveries__list">
                <For
                    each=move || shown.items.get().unwrap_or_default()
                    key=|one| (one.id, one.state, one.attempts, one.due_at, one.status)
                    let(delivery)
                >
                    <DeliveryRow delivery shown paused />
                </For>
            </ul>
            <Show when=move || shown.next.with(Option::is_some)>
                <Button block=true busy=shown.busy on:click=move |_| shown.load(true)>{t!(deliveries_more)}</Button>
            </Show>
        </section>
    }
}

#[component]
fn DeliveryRow(delivery: WebhookDelivery, shown: Shown, paused: Memo<bool>) -> impl IntoView {
    let (id, state, event) = (delivery.id, delivery.state, delivery.event);
    let contents = RwSignal::new(None::<WebhookDeliveryContents>);
    let name = move || event.map_or_else(|| lang().delivery_test(), |event| event_name(lang(), event));
    let open = move |_| {
        if contents.with_untracked(Option::is_some) {
            contents.set(None);
            return;
        }
        let api = shown.hooks.api();
        spawn_local(async move {
            match api.get_webhook_delivery(shown.id, id).await {
                Ok(found) => drop(contents.try_set(Some(found))),
                Err(error) => shown.hooks.toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let mark = match state {
        WebhookDeliveryState::Delivered => "webhook__state webhook__state--healthy",
        WebhookDeliveryState::Failed => "webhook__state webhook__state--failing",
        WebhookDeliveryState::Waiting => "webhook__state",
    };
    let (created, due, attempts, duration) =
        (delivery.created_at, delivery.due_at, delivery.attempts, delivery.duration_millis);
    let is_waiting = state == WebhookDeliveryState::Waiting;
    view! {
        <li class="delivery">
            <div class="delivery__head">
                <div class="delivery__text">
                    <p class="delivery__name">
                        <span>{name}</span>
                        <span class=mark>{move || delivery_name(lang(), state)}</span>
                    </p>
                    <p class="webhook__facts">
                        <span>{move || format::date_time(created)}</span>
                        <span>{move || lang().delivery_attempts(attempts)}</span>
                        <span>{move || outcome(lang(), &delivery)}</span>
                        <span>{move || duration.map(|millis| lang().delivery_millis(millis))}</span>
                        <span>{move || is_waiting.then(|| match due {
                            Some(due) => lang().delivery_next(format::date_time(due)),
                            None => lang().delivery_held().to_owned(),
                        })}</span>
                    </p>
                </div>
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    attr:aria-expanded=move || contents.with(Option::is_some).to_string()
                    on:click=open
                >
                    {t!(delivery_open)}
                </Button>
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    disabled=Signal::derive(move || is_waiting || paused.get())
                    on:click=move |_| shown.replay(id)
                >
                    {t!(delivery_replay)}
                </Button>
            </div>
            {move || contents.get().map(|found| view! {
                <div class="delivery__contents">
                    <p class="field__label">{t!(delivery_body)}</p>
                    <pre class="delivery__code" tabindex="0">{found.body}</pre>
                    {found.answer.map(|answer| view! {
                        <p class="field__label">{t!(delivery_answer)}</p>
                        <pre class="delivery__code" tabindex="0">{answer}</pre>
                    })}
                </div>
            })}
        </li>
    }
}
