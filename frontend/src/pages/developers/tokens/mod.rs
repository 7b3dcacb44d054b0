//! API tokens: made, listed and revoked.

pub mod create_dialog;
pub mod revoke_dialog;
pub mod scopes;
pub mod token_row;

use super::DevelopersFrame;
use crate::{
    api::{ConsoleApi, use_api},
    i18n::{errors::error_text, lang, t},
    stores::{
        agents::{Agents, use_agents},
        live::use_connection,
        title::set_page_title,
    },
    ui::{Button, ButtonVariant, EmptyState, ErrorState, Icon, Skeleton, Toasts, use_toasts},
};
use client::rest::ApiError;
use create_dialog::{CreateDialog, Draft};
use leptos::{prelude::*, task::spawn_local};
use revoke_dialog::RevokeDialog;
use std::rc::Rc;
use token_row::TokenRow;
use types::api_tokens::ApiToken;
use types::events::Event;
use types::limits::API_TOKENS_MAX;

/// What is done on the page. `Copy`.
#[derive(Clone, Copy)]
pub struct Tokens {
    /// The tokens, once they have come.
    items: RwSignal<Option<Vec<ApiToken>>>,
    /// Why they could not be fetched.
    failed: RwSignal<Option<ApiError>>,
    /// Whether the form is open.
    creating: RwSignal<bool>,
    /// What is in the form.
    draft: Draft,
    /// Which is to be revoked, once that is confirmed.
    revoking: RwSignal<Option<ApiToken>>,
    /// Who works here.
    agents: Agents,
    toasts: Toasts,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

impl Tokens {
    fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Fetches them anew; those that are there stay meanwhile.
    fn load(self) {
        let api = self.api();
        self.failed.set(None);
        spawn_local(async move {
            match api.list_api_tokens().await {
                Ok(tokens) => drop(self.items.try_set(Some(tokens.items))),
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
        });
    }
}

/// The page.
#[component]
pub fn TokensPage() -> impl IntoView {
    set_page_title(t!(api_tokens));
    view! { <DevelopersFrame page=|| managed().into_any() /> }
}

fn managed() -> impl IntoView {
    let tokens = Tokens {
        items: RwSignal::new(None),
        failed: RwSignal::new(None),
        creating: RwSignal::new(false),
        draft: Draft::blank(),
        revoking: RwSignal::new(None),
        agents: use_agents(),
        toasts: use_toasts(),
        api: StoredValue::new_local(use_api()),
    };
    tokens.agents.refresh();
    tokens.load();
    use_connection().follow(Rc::new(move |event| {
        // Whoever was disabled or removed takes tokens along.
        let may_change = Some(Event::ApiTokensChanged {});
        if event.is_none()
            || event == may_change.as_ref()
            || matches!(event, Some(Event::AgentEdited { .. } | Event::AgentRemoved { .. }))
        {
            tokens.load();
        }
    }));
    let count = Memo::new(move |_| tokens.items.with(|items| items.as_ref().map_or(0, Vec::len)));
    let is_full = Memo::new(move |_| u64::try_from(count.get()).is_ok_and(|count| count >= API_TOKENS_MAX));
    let list = move || match (tokens.items.get(), tokens.failed.get()) {
        (None, Some(error)) => view! {
            <ErrorState
                message=move || error_text(lang(), &error)
                retry_label=t!(retry)
                on_retry=Callback::new(move |()| tokens.load())
            />
        }
        .into_any(),
        (None, None) => view! { <Skeleton lines=3 /> }.into_any(),
        (Some(items), _) if items.is_empty() => view! {
            <EmptyState icon=Icon::Lock title=t!(api_tokens_none) hint=t!(api_tokens_none_hint) />
        }
        .into_any(),
        (Some(items), _) => view! {
            <ul class="api-tokens" aria-label=t!(api_tokens)>
                {items.into_iter().map(|token| view! { <TokenRow token tokens /> }).collect_view()}
            </ul>
        }
        .into_any(),
    };
    view! {
        <section class="card" aria-labelledby="api-tokens-title">
            <div class="api-tokens__head">
                <div class="card__head">
                    <h2 class="card__title" id="api-tokens-title">{t!(api_tokens)}</h2>
                    <p class="card__text">{t!(api_tokens_hint)}</p>
                    <a class="link" href="/docs" target="_blank" rel="noopener">{t!(api_docs)}</a>
                </div>
                <Button
                    variant=ButtonVariant::Primary
                    icon=Icon::Plus
                    disabled=is_full
                    on:click=move |_| tokens.creating.set(true)
                >
                    {t!(api_token_add)}
                </Button>
            </div>
            <Show when=move || is_full.get()>
                <p class="card__text">{move || lang().api_tokens_full(API_TOKENS_MAX)}</p>
            </Show>
            {list}
        </section>
        <CreateDialog tokens />
        <RevokeDialog tokens />
    }
}
