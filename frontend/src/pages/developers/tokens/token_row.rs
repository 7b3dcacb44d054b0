//! A token with what it may do and when it was used.

use super::Tokens;
use super::scopes::scope_name;
use crate::{
    i18n::{format, lang, t},
    ui::{Button, ButtonSize},
};
use leptos::prelude::*;
use types::api_tokens::{ApiToken, ApiTokenState, Scope};

/// A row of the list.
#[component]
pub fn TokenRow(
    /// Which.
    token: ApiToken,
    /// What is done on the page.
    tokens: Tokens,
) -> impl IntoView {
    let ApiToken { name, prefix, agent_id, created_by, created_at, expires_at, last_used_at, .. } = token.clone();
    let ip = token.last_used_ip.clone().unwrap_or_default();
    let (scopes, state) = (token.scopes.clone(), token.state);
    let scopes = move || match scopes.len() == Scope::ALL.len() {
        true => lang().scopes_everything().to_owned(),
        false => scopes.iter().map(|scope| scope_name(lang(), *scope)).collect::<Vec<_>>().join(lang().list_comma()),
    };
    let used = move || match last_used_at {
        Some(at) => lang().api_token_used(&format::relative(at, format::now()), &ip),
        None => lang().api_token_unused().to_owned(),
    };
    let ends = move || match expires_at {
        Some(at) => lang().api_token_until(&format::date_time(at)),
        None => lang().api_token_for_good().to_owned(),
    };
    let badge = move || match state {
        ApiTokenState::Active => None,
        ApiTokenState::Expired => Some(lang().api_token_expired()),
        ApiTokenState::Stopped => Some(lang().api_token_stopped()),
    };
    let id = token.id.to_string();
    let label = {
        let name = name.clone();
        move || lang().api_token_revoke_named(&name)
    };
    view! {
        <li class="api-token" class:api-token--off=state != ApiTokenState::Active data-token=id>
            <div class="api-token__text">
                <p class="api-token__name">
                    <span>{name}</span>
                    {move || badge().map(|words| view! { <span class="api-token__badge">{words}</span> })}
                </p>
                <p class="api-token__facts">
                    <code class="api-token__prefix">{prefix} "…"</code>
                    <span>{move || lang().api_token_acts_as(&tokens.agents.name(agent_id))}</span>
                    <span>{used}</span>
                    <span>{ends}</span>
                    <span>
                        {move || lang().api_token_made(&format::date_time(created_at), &tokens.agents.name(created_by))}
                    </span>
                </p>
                <p class="api-token__facts">{scopes}</p>
            </div>
            <Button
                size=ButtonSize::Small
                attr:aria-label=label
                on:click=move |_| tokens.revoking.set(Some(token.clone()))
            >
                {t!(api_token_revoke)}
            </Button>
        </li>
    }
}
