//! Webhooks: added, tried, paused and deleted, with the log of what each was told.

pub mod edit_dialog;
pub mod log;
pub mod question;
pub mod row;
pub mod words;

use super::DevelopersFrame;
use crate::{
    api::{ConsoleApi, use_api},
    i18n::{errors::error_text, lang, lang_now, t},
    stores::{live::use_connection, title::set_page_title},
    ui::{Button, ButtonVariant, EmptyState, ErrorState, Icon, Skeleton, Toasts, focus_instead, use_toasts},
};
use client::rest::ApiError;
use edit_dialog::{Draft, EditDialog};
use leptos::{prelude::*, task::spawn_local};
use question::{Asked, Question};
use row::WebhookRow;
use std::rc::Rc;
use types::events::Event;
use types::id::WebhookId;
use types::limits::WEBHOOKS_MAX;
use types::webhooks::{Webhook, WebhookPatch};

/// What is done on the page. `Copy`.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// The webhooks, once they have come.
    pub items: RwSignal<Option<Vec<Webhook>>>,
    failed: RwSignal<Option<ApiError>>,
    /// Counts what may have changed a log.
    pub changes: RwSignal<u32>,
    /// What stands in the form.
    pub draft: Draft,
    /// Whether the form is open.
    pub editing: RwSignal<bool>,
    /// What is asked before it is done.
    pub asked: RwSignal<Option<Asked>>,
    /// Tells how it went.
    pub toasts: Toasts,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

impl Hooks {
    /// The server.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Fetches all anew; those that are there stay meanwhile.
    pub fn load(self) {
        let api = self.api();
        self.failed.set(None);
        spawn_local(async move {
            match api.list_webhooks().await {
                Ok(all) => drop(self.items.try_set(Some(all.items))),
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }

    /// Takes one as it is now.
    pub fn put(self, webhook: Webhook) {
        let _gone = self.items.try_update(|items| {
            let items = items.get_or_insert_default();
            match items.iter_mut().find(|known| known.id == webhook.id) {
                Some(known) => *known = webhook,
                None => items.push(webhook),
            }
        });
    }

    /// Forgets one.
    pub fn remove(self, id: WebhookId) {
        let _gone = self.items.try_update(|items| items.get_or_insert_default().retain(|known| known.id != id));
    }

    /// One of them.
    pub fn get(self, id: WebhookId) -> Option<Webhook> {
        self.items.with(|items| items.iter().flatten().find(|known| known.id == id).cloned())
    }

    /// A log may be another now.
    pub fn changed(self) {
        let _gone = self.changes.try_update(|changes| *changes = changes.wrapping_add(1));
    }

    /// Pauses one, or takes it up again.
    pub fn set_paused(self, id: WebhookId, paused: bool, busy: RwSignal<bool>) {
        let api = self.api();
        busy.set(true);
        spawn_local(async move {
            let patch = WebhookPatch { paused: Some(paused), ..WebhookPatch::default() };
            match api.update_webhook(id, &patch).await {
                Ok(webhook) => {
                    self.put(webhook);
                    self.changed();
                }
                Err(error) => self.toasts.error(error_text(lang_now(), &error)),
            }
            busy.try_set(false);
        });
    }

    /// Sends something to try one.
    pub fn test(self, id: WebhookId, busy: RwSignal<bool>) {
        let api = self.api();
        busy.set(true);
        spawn_local(async move {
            match api.send_webhook_test(id).await {
                Ok(_) => {
                    self.toasts.success(lang_now().webhook_tested());
                    self.changed();
                }
                Err(error) => self.toasts.error(error_text(lang_now(), &error)),
            }
            busy.try_set(false);
        });
    }
}

/// The page.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    set_page_title(t!(webhooks));
    view! { <DevelopersFrame page=|| managed().into_any() /> }
}

fn managed() -> impl IntoView {
    let hooks = Hooks {
        items: RwSignal::new(None),
        failed: RwSignal::new(None),
        changes: RwSignal::new(0),
        draft: Draft::blank(),
        editing: RwSignal::new(false),
        asked: RwSignal::new(None),
        toasts: use_toasts(),
        api: StoredValue::new_local(use_api()),
    };
    hooks.load();
    use_connection().follow(Rc::new(move |event| {
        if matches!(event, None | Some(Event::WebhooksChanged { .. })) {
            hooks.load();
            hooks.changed();
        }
    }));
    let ids = Memo::new(move |_| {
        hooks.items.with(|items| items.iter().flatten().map(|webhook| webhook.id).collect::<Vec<_>>())
    });
    let is_full = Memo::new(move |_| ids.with(Vec::len) >= WEBHOOKS_MAX);
    let add = move |_| {
        hooks.draft.of_new();
        hooks.editing.set(true);
    };
    view! {
        <section class="card webhooks" aria-label=t!(webhooks)>
            <div class="webhooks__head">
                <p class="card__text">{t!(webhooks_hint)}</p>
                <Button variant=ButtonVariant::Primary icon=Icon::Plus disabled=is_full on:click=add>
                    {t!(webhook_add)}
                </Button>
            </div>
            <Show when=move || is_full.get()>
                <p class="card__text">{move || lang().webhooks_full(WEBHOOKS_MAX)}</p>
            </Show>
            {move || match (hooks.items.with(Option::is_some), hooks.failed.get()) {
                (_, Some(error)) => view! {
                    <ErrorState
                        message=move || format!("{} · {}", lang().webhooks_failed(), error_text(lang(), &error))
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| hooks.load())
                    />
                }
                .into_any(),
                (false, None) => view! { <Skeleton lines=4 /> }.into_any(),
                (true, None) if ids.with(Vec::is_empty) => view! {
                    <EmptyState icon=Icon::Send title=t!(webhooks_empty) hint=t!(webhooks_empty_hint) />
                }
                .into_any(),
                (true, None) => ().into_any(),
            }}
            <ul class="webhooks__list">
                <For each=move || ids.get() key=|id| *id let(id)>
                    <WebhookRow id hooks />
                </For>
            </ul>
        </section>
        <EditDialog hooks />
        <Question hooks />
    }
}

/// After a row has gone.
pub fn focus_page() {
    focus_instead(&["#content"]);
}
