//! Web Push subscriptions of one's own sign-in.

use crate::auth::actor::AnyAgent;
use crate::auth::signing::sha256;
use crate::error::{ApiError, ApiResult};
use crate::push::Recipient;
use crate::state::AppState;
use store::push::{self, Subscription};
use types::error::FieldCode;
use types::limits;
use types::push::{PushState, PushSubscription, SetPushSubscription};

/// What the browser needs to subscribe, and what it has set.
///
/// # Errors
/// Only those of the database.
pub async fn push_state(state: &AppState, agent: &AnyAgent) -> ApiResult<PushState> {
    let subscription = push::get(state.db.reader(), agent.scope(), agent.session_id).await?;
    let public_key = state.config.push.enabled.then(|| state.push.public_key().to_owned());
    Ok(PushState { public_key, subscription: subscription.map(seen) })
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
    let subscription = Subscription {
        session_id: agent.session_id,
        org_id: agent.org_id,
        agent_id: agent.agent_id,
        endpoint_hash: hex::encode(sha256(request.endpoint.as_bytes())),
        endpoint: request.endpoint,
        p256dh: request.p256dh,
        auth: request.auth,
        language: request.language,
        quiet: request.quiet,
        utc_offset_minutes: request.utc_offset_minutes,
        updated_at: state.clock.now(),
    };
    let answer = seen(subscription.clone());
    let (scope, session_id, now) = (agent.scope(), agent.session_id, state.clock.now());
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

fn seen(subscription: Subscription) -> PushSubscription {
    let Subscription { endpoint, language, quiet, utc_offset_minutes, updated_at, .. } = subscription;
    PushSubscription { endpoint, language, quiet, utc_offset_minutes, updated_at }
}
