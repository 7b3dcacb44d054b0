//! Web Push subscriptions of one's own sign-in.

use crate::auth::actor::AnyAgent;
use crate::auth::at_rest;
use crate::auth::signing::sha256;
use crate::error::{ApiError, ApiResult};
use crate::push::Recipient;
use crate::state::AppState;
use store::push::{self, Subscription};
use types::error::FieldCode;
use types::id::SessionId;
use types::limits;
use types::push::{PushState, PushSubscription, SetPushSubscription};

/// What the browser needs to subscribe, and what it has set.
///
/// # Errors
/// Only those of the database.
pub async fn push_state(state: &AppState, agent: &AnyAgent) -> ApiResult<PushState> {
    let subscription = push::get(state.db.reader(), agent.scope(), agent.session_id).await?;
    let public_key = state.config.push.enabled.then(|| state.push.public_key().to_owned());
    // One that was sealed under another secret reaches nobody any more: the browser sets a new one when it hears of none.
    Ok(PushState { public_key, subscription: subscription.and_then(|subscription| seen(state, subscription)) })
}

/// Sets the subscription of the sign-in that asks, in place of its earlier one.
///
/// # Errors
/// Field errors for an address that nothing is pushed to, and for keys that are none.
pub async fn set_subscription(
    state: &AppState,
    agent: &AnyAgent,
    request: SetPushSubscription,
) -> ApiResult<PushSubscription> {
    if !state.config.push.enabled {
        return Err(ApiError::not_found("Web Push on this server"));
    }
    if let Err(bad) = state.push.endpoint(&request.endpoint) {
        return Err(ApiError::field("endpoint", FieldCode::InvalidFormat, &bad.to_string()));
    }
    if Recipient::read(&request.p256dh, &request.auth).is_none() {
        return Err(ApiError::field("p256dh", FieldCode::InvalidFormat, "must be a point of the curve P-256"));
    }
    let SetPushSubscription { endpoint, p256dh, auth, language, quiet, mine_only, utc_offset_minutes } = request;
    let (session_id, updated_at) = (agent.session_id, state.clock.now());
    let sealed =
        |column, plain: &str| at_rest::seal(&state.keys.at_rest, &state.ids, &place(column, session_id), plain);
    let subscription = Subscription {
        session_id,
        org_id: agent.org_id,
        agent_id: agent.agent_id,
        endpoint_hash: hex::encode(sha256(endpoint.as_bytes())),
        endpoint: sealed(ENDPOINT, &endpoint),
        p256dh,
        auth: sealed(AUTH, &auth),
        language,
        quiet,
        mine_only,
        utc_offset_minutes,
        updated_at,
    };
    let answer = PushSubscription { endpoint, language, quiet, mine_only, utc_offset_minutes, updated_at };
    let (scope, now) = (agent.scope(), updated_at);
    state
        .write(move |tx| {
            Box::pin(async move {
                // The sign-in may have been ended meanwhile: then nothing of it stays.
                if store::sessions::identity(tx.conn(), scope, session_id, now).await?.is_none() {
                    return Err(ApiError::unauthenticated());
                }
                Ok(push::set(tx.conn(), subscription, limits::PUSH_SUBSCRIPTIONS_MAX).await?)
            })
        })
        .await?;
    Ok(answer)
}

/// Removes the subscription of the sign-in that asks, if it has one.
///
/// # Errors
/// Only those of the database.
pub async fn remove_subscription(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    let (scope, session_id) = (agent.scope(), agent.session_id);
    state.write(move |tx| Box::pin(async move { Ok(push::remove(tx.conn(), scope, &[session_id]).await?) })).await
}

fn seen(state: &AppState, subscription: Subscription) -> Option<PushSubscription> {
    let (endpoint, _) = opened(state, &subscription)?;
    let Subscription { language, quiet, mine_only, utc_offset_minutes, updated_at, .. } = subscription;
    Some(PushSubscription { endpoint, language, quiet, mine_only, utc_offset_minutes, updated_at })
}

/// The columns that are sealed.
const ENDPOINT: &str = "endpoint";
const AUTH: &str = "auth";

/// Where a secret of a subscription stands.
fn place(column: &str, session_id: SessionId) -> String {
    format!("push_subscription.{column}:{session_id}")
}

/// The address and the secret of a subscription; nothing when they were sealed under another secret of the server.
pub(crate) fn opened(state: &AppState, subscription: &Subscription) -> Option<(String, String)> {
    let Subscription { session_id, endpoint, auth, .. } = subscription;
    let open = |column, kept: &str| at_rest::open(&state.keys.at_rest, &place(column, *session_id), kept);
    Some((open(ENDPOINT, endpoint)?, open(AUTH, auth)?))
}
