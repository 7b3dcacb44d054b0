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
use types::page::Page;
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
    /// A further page is on its way.
    busy: RwSignal<bool>,
    /// Any page is.
    asking: StoredValue<bool>,
    /// What comes may be out of date: the first page is asked for once more.
    again: StoredValue<bool>,
    state: RwSignal<Option<WebhookDeliveryState>>,
}

/// What is shown once the first page has come anew: that page, and what stood behind it.
fn merged(page: Vec<WebhookDelivery>, shown: Vec<WebhookDelivery>) -> Vec<WebhookDelivery> {
    let place = |one: &WebhookDelivery| (one.created_at, one.id);
    let Some(end) = page.last().map(place) else { return page };
    let behind = shown.into_iter().filter(|one| place(one) < end);
    page.into_iter().chain(behind).collect()
}

impl Shown {
    /// Asks for the first page, or for the next one.
    fn load(self, more: bool) {
        if self.asking.get_value() {
            self.again.set_value(!more || self.again.get_value());
            return;
        }
        self.asking.set_value(true);
        self.busy.set(more);
        let (api, wanted) = (self.hooks.api(), self.state.get_untracked());
        let cursor = self.next.get_untracked().filter(|_| more);
        spawn_local(async move {
            let page = api.list_webhook_deliveries(self.id, wanted, cursor.as_deref()).await;
            // The log may be gone by the time the answer is here.
            if self.busy.try_set(false).is_some() {
                return;
            }
            self.asking.set_value(false);
            // Something else is wanted meanwhile, or something has happened.
            let is_late = self.state.get_untracked() != wanted;
            if self.again.get_value() || is_late {
                self.again.set_value(false);
                self.load(false);
            }
            if is_late {
                return;
            }
            self.failed.set(page.as_ref().err().cloned());
            if let Ok(page) = page {
                self.take(page, more);
            }
        });
    }

    /// Shows a page that has come: a further one behind what is there, the first one in place of what it tells of.
    fn take(self, page: Page<WebhookDelivery>, more: bool) {
        let shown = self.items.get_untracked().unwrap_or_default();
        let (items, next) = match (more, page.next_cursor) {
            (true, next) => (shown.into_iter().chain(page.items).collect(), next),
            // That is all of it.
            (false, None) => (page.items, None),
            (false, next) => {
                let count = page.items.len();
                let items = merged(page.items, shown);
                // The next page is still that behind what is shown.
                let next = if items.len() > count { self.next.get_untracked() } else { next };
                (items, next)
            }
        };
        self.next.set(next);
        self.items.set(Some(items));
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
        asking: StoredValue::new(false),
        again: StoredValue::new(false),
        state: RwSignal::new(None),
    };
    effect(move || {
        hooks.changes.track();
        untrack(|| shown.load(false));
    });
    let choose = move |chosen: String| {
        shown.state.set(WebhookDeliveryState::parse(&chosen));
        shown.items.set(None);
        shown.next.set(None);
        shown.load(false);
    };
    let ids =
        Memo::new(move |_| shown.items.with(|items| items.iter().flatten().map(|one| one.id).collect::<Vec<_>>()));
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
                    on_choose=Callback::new(choose)
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
                <For each=move || ids.get() key=|id| *id let(id)>
                    <DeliveryRow id shown paused />
                </For>
            </ul>
            <Show when=move || shown.next.with(Option::is_some)>
                <Button block=true busy=shown.busy on:click=move |_| shown.load(true)>{t!(deliveries_more)}</Button>
            </Show>
        </section>
    }
}

#[component]
fn DeliveryRow(id: WebhookDeliveryId, shown: Shown, paused: Memo<bool>) -> impl IntoView {
    // What is open in the row stays open whatever becomes of the delivery.
    let delivery =
        Memo::new(move |_| shown.items.with(|items| items.iter().flatten().find(|one| one.id == id).cloned()));
    let is_waiting = Memo::new(move |_| {
        delivery.with(|one| one.as_ref().is_some_and(|one| one.state == WebhookDeliveryState::Waiting))
    });
    let contents = RwSignal::new(None::<WebhookDeliveryContents>);
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
    view! {
        <li class="delivery">
            <div class="delivery__head">
                {move || delivery.get().map(facts)}
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
                    disabled=Signal::derive(move || is_waiting.get() || paused.get())
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

fn facts(delivery: WebhookDelivery) -> impl IntoView {
    let (state, event, due) = (delivery.state, delivery.event, delivery.due_at);
    let (created, attempts, duration) = (delivery.created_at, delivery.attempts, delivery.duration_millis);
    let mark = match state {
        WebhookDeliveryState::Delivered => "webhook__state webhook__state--healthy",
        WebhookDeliveryState::Failed => "webhook__state webhook__state--failing",
        WebhookDeliveryState::Waiting => "webhook__state",
    };
    view! {
        <div class="delivery__text">
            <p class="delivery__name">
                <span>
                    {move || event.map_or_else(|| lang().delivery_test(), |event| event_name(lang(), event))}
                </span>
                <span class=mark>{move || delivery_name(lang(), state)}</span>
            </p>
            <p class="webhook__facts">
                <span>{move || format::date_time(created)}</span>
                <span>{move || lang().delivery_attempts(attempts)}</span>
                <span>{move || outcome(lang(), &delivery)}</span>
                <span>{move || duration.map(|millis| lang().delivery_millis(millis))}</span>
                <span>{move || (state == WebhookDeliveryState::Waiting).then(|| match due {
                    Some(due) => lang().delivery_next(format::date_time(due)),
                    None => lang().delivery_held().to_owned(),
                })}</span>
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::time::Timestamp;
    use uuid::Uuid;

    fn one(at: u128, attempts: i64) -> WebhookDelivery {
        WebhookDelivery {
            id: WebhookDeliveryId(Uuid::from_u128(at)),
            event: None,
            conversation_id: None,
            state: WebhookDeliveryState::Waiting,
            attempts,
            status: None,
            failure: None,
            duration_millis: None,
            attempted_at: None,
            due_at: None,
            created_at: Timestamp(i64::try_from(at).unwrap()),
        }
    }

    #[test]
    fn further_pages_stay_when_the_first_one_comes_anew() {
        let shown = vec![one(5, 0), one(4, 0), one(3, 0), one(2, 0), one(1, 0)];
        let page = vec![one(6, 0), one(5, 1), one(3, 1)];
        let after = vec![one(6, 0), one(5, 1), one(3, 1), one(2, 0), one(1, 0)];
        assert_eq!(merged(page, shown.clone()), after, "the fourth is there no more");
        assert_eq!(merged(Vec::new(), shown), []);
    }
}
