//! Says to the other servers what waits in the outbox, in order.

use super::outbox::Batch;
use super::wire::{self, Head};
use super::{Relay, SIGN_OF_LIFE, again_after};
use crate::state::AppState;
use futures_util::future::BoxFuture;
use redis::RedisError;
use redis::aio::MultiplexedConnection;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// How often a server says who is connected to it.
const ROLL_CALL: Duration = Duration::from_secs(2);

/// Publishes for as long as the server runs. What could not be published is published again under its old numbers, so that whoever
/// heard it all the same knows it.
pub(crate) fn tell_others(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let Some(relay) = state.bus.relay() else { return };
        let mut unsaid = None;
        let mut failures: u32 = 0;
        loop {
            let outcome = match relay.link.connect().await {
                Ok(connection) => speak(&state, relay, connection, &mut unsaid, &mut failures).await,
                Err(error) => error,
            };
            relay.link.disconnected();
            relay.published.notify_one();
            relay.metrics.bus.publishing(false);
            if failures == 0 {
                tracing::warn!(error.cause = %outcome, "Redis cannot be told anything; other servers do not hear this one");
            }
            failures = failures.saturating_add(1);
            sleep(again_after(failures, &state.ids)).await;
        }
    })
}

/// Publishes until something fails.
async fn speak(
    state: &AppState,
    relay: &Relay,
    mut connection: MultiplexedConnection,
    unsaid: &mut Option<Batch>,
    failures: &mut u32,
) -> RedisError {
    let channel = relay.link.name("bus");
    let mut roll_call = Instant::now();
    let mut sign_of_life = Instant::now();
    loop {
        tokio::select! {
            () = relay.outbox.filled(), if unsaid.is_none() => {}
            () = sleep_until(sign_of_life), if unsaid.is_none() => {}
            () = std::future::ready(()), if unsaid.is_some() => {}
        }
        relay.is_publishing.store(true, Ordering::SeqCst);
        let now = Instant::now();
        let batch = unsaid.get_or_insert_with(|| relay.outbox.take(now));
        batch.withhold_what_is_late(now);
        let mut head = Head::new(relay.link.server(), batch.first);
        let calls = now >= roll_call;
        if calls {
            // While the server drains they are here still.
            head.agents = Some(state.hub.connected_agents());
        }
        let packet = wire::write(&head, &batch.items);
        let mut command = redis::cmd("PUBLISH");
        command.arg(&channel).arg(packet);
        if let Err(error) = command.query_async::<i64>(&mut connection).await {
            return error;
        }
        relay.metrics.bus.published(batch.items.len());
        *unsaid = None;
        relay.is_publishing.store(false, Ordering::SeqCst);
        relay.published.notify_one();
        sign_of_life = now + SIGN_OF_LIFE;
        if calls {
            roll_call = now + ROLL_CALL;
        }
        if std::mem::take(failures) > 0 {
            tracing::info!("other servers hear this one again");
        }
        relay.metrics.bus.publishing(true);
    }
}
