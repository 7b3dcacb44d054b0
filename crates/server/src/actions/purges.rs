//! Purging deleted channels, the messages of cleared conversations and deleted tags: their rows go in the background, step by step,
//! so that messages elsewhere never wait for all of it. So does what is handed on of agents who were disabled or removed.
//!
//! **Invariants**: one channel is purged at a time, so the writer never finds two steps to commit together; and what is to be
//! purged is asked of the database, so that nothing depends on the request that deleted a channel having lived to say so.

use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::panic::AssertUnwindSafe;
use store::clearing::{self, Told};
use store::handing_on::{self, Handed};
use store::purge::{self, Purge};
use store::{Actor, OrgScope, StoreError, custom_fields, tags};
use tokio::sync::Notify;
use tracing::Instrument;
use types::id::{AgentId, ChannelId, ConversationId, CustomFieldId, OrgId, TagId};

/// Seconds after which somebody looks whether there is anything to purge, although nobody has said so.
pub const SWEEP_SECONDS: i64 = 300;

/// Messages, conversations and contacts that one step of a purge deletes: few enough that messages do not wait for it.
pub(crate) const CHUNK: u64 = 500;
/// Conversations that one step hands on, and contacts of which one empties a field: each is written by itself.
const HANDED: u64 = 100;
/// Steps that whoever deletes tags, or removes an agent, waits for.
const STEPS_AT_ONCE: usize = 10;
/// Events whose places are looked up at once, to be deleted in many steps.
const TOLD_AT_ONCE: u64 = 50_000;

/// Tells that a channel or a tag has been deleted, or a conversation cleared.
#[derive(Debug, Default)]
pub struct Deletions(Notify);

impl Deletions {
    /// There is something to purge.
    pub fn tell(&self) {
        self.0.notify_one();
    }

    /// Waits until there is; what was told meanwhile counts.
    async fn told(&self) {
        self.0.notified().await;
    }
}

/// Purges for as long as the server runs: what an earlier run has left, what is deleted from now on, and whatever else a look
/// now and then finds. A failure is tried again, with growing waits; the end of the server ends it, and the next start goes on.
pub fn purge_deleted_channels(state: AppState) -> BoxFuture<'static, ()> {
    // The first wait begins here, and not when the task is first run.
    let mut next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
    Box::pin(async move {
        let mut failures: u32 = 0;
        loop {
            // A panic must not end it for good, which nobody would notice before the next start.
            let swept = AssertUnwindSafe(sweep(&state)).catch_unwind().await;
            let swept = swept.unwrap_or(Err(StoreError::Interrupted));
            state.metrics.tasks.ran(Task::Purges, swept.is_ok(), state.clock.now());
            match swept {
                Ok(()) => failures = 0,
                Err(error) => {
                    let wait = (1_i64 << failures.min(12)).min(SWEEP_SECONDS);
                    failures = failures.saturating_add(1);
                    tracing::warn!(error.cause = error.chain(), wait, "purging failed; it is tried again");
                    next = state.clock.sleep_until(state.clock.now().plus_seconds(wait));
                }
            }
            tokio::select! {
                () = next => {}
                () = state.deletions.told() => {}
            }
            next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
        }
    })
}

/// Purges every deleted channel, every cleared conversation and every deleted tag or custom field that still has rows, and hands on what agents have who were disabled or removed. One that fails keeps no other one waiting; its error is the answer.
pub(crate) async fn sweep(state: &AppState) -> Result<(), StoreError> {
    let mut outcome = Ok(());
    for (org_id, channel_id) in purge::unfinished(state.db.reader()).await? {
        // Under an id of its own: it belongs to no request.
        let span = tracing::info_span!("purge", task.id = %state.ids.uuid(), channel.id = %channel_id);
        outcome = purge_channel(state, org_id, channel_id).instrument(span).await.and(outcome);
    }
    for (org_id, conversation_id) in clearing::unfinished(state.db.reader()).await? {
        let span = tracing::info_span!("purge", task.id = %state.ids.uuid(), conversation.id = %conversation_id);
        outcome = purge_cleared(state, OrgScope::new(org_id), conversation_id).instrument(span).await.and(outcome);
    }
    for (org_id, tag_id) in tags::unfinished(state.db.reader()).await? {
        let span = tracing::info_span!("purge", task.id = %state.ids.uuid(), tag.id = %tag_id);
        outcome = purge_tag(state, OrgScope::new(org_id), tag_id).instrument(span).await.and(outcome);
    }
    for (org_id, field_id) in custom_fields::unfinished(state.db.reader()).await? {
        let span = tracing::info_span!("purge", task.id = %state.ids.uuid(), custom_field.id = %field_id);
        outcome = purge_field(state, OrgScope::new(org_id), field_id).instrument(span).await.and(outcome);
    }
    for (org_id, agent_id) in handing_on::unfinished(state.db.reader()).await? {
        let span = tracing::info_span!("hand on", task.id = %state.ids.uuid(), agent.id = %agent_id);
        outcome = hand_all_on(state, OrgScope::new(org_id), agent_id).instrument(span).await.and(outcome);
    }
    outcome
}

/// Hands on everything of an agent who was disabled or removed.
async fn hand_all_on(state: &AppState, scope: OrgScope, agent_id: AgentId) -> Result<(), StoreError> {
    while step_of_agent(state, scope, agent_id, Actor::System).await? == Handed::More {}
    Ok(())
}

async fn step_of_agent(
    state: &AppState,
    scope: OrgScope,
    agent_id: AgentId,
    actor: Actor,
) -> Result<Handed, StoreError> {
    let at = state.clock.now();
    let step = state
        .writer
        .run(move |tx| Box::pin(async move { handing_on::step(tx, scope, agent_id, actor, at, HANDED).await }));
    step.await
}

/// Hands on what an agent has at once, as far as that is soon done; the background goes on with what is left, and with what has failed.
pub(crate) async fn hand_on(state: &AppState, scope: OrgScope, agent_id: AgentId, actor: Actor) {
    for _ in 0..STEPS_AT_ONCE {
        if !matches!(step_of_agent(state, scope, agent_id, actor).await, Ok(Handed::More)) {
            break;
        }
    }
    state.deletions.tell();
}

/// Takes a deleted tag off all contacts.
async fn purge_tag(state: &AppState, scope: OrgScope, tag_id: TagId) -> Result<(), StoreError> {
    while !step_of_tag(state, scope, tag_id).await? {}
    Ok(())
}

async fn step_of_tag(state: &AppState, scope: OrgScope, tag_id: TagId) -> Result<bool, StoreError> {
    state.writer.run(move |tx| Box::pin(async move { tags::step(tx.conn(), scope, tag_id, CHUNK).await })).await
}

/// Takes deleted tags off their contacts at once, as far as that is soon done; the background goes on with what is left, and with
/// what has failed.
pub(crate) async fn take_off(state: &AppState, scope: OrgScope, tag_ids: &[TagId]) {
    for tag_id in tag_ids.iter().take(STEPS_AT_ONCE) {
        if !matches!(step_of_tag(state, scope, *tag_id).await, Ok(true)) {
            break;
        }
    }
    state.deletions.tell();
}

/// Empties a deleted custom field of all contacts.
async fn purge_field(state: &AppState, scope: OrgScope, id: CustomFieldId) -> Result<(), StoreError> {
    while !step_of_field(state, scope, id).await? {}
    Ok(())
}

async fn step_of_field(state: &AppState, scope: OrgScope, id: CustomFieldId) -> Result<bool, StoreError> {
    state.writer.run(move |tx| Box::pin(async move { custom_fields::step(tx.conn(), scope, id, HANDED).await })).await
}

/// Empties deleted fields at once, as far as that is soon done; the background goes on with what is left, and with what has failed.
pub(crate) async fn empty_fields(state: &AppState, scope: OrgScope, ids: &[CustomFieldId]) {
    for id in ids.iter().take(STEPS_AT_ONCE) {
        if !matches!(step_of_field(state, scope, *id).await, Ok(true)) {
            break;
        }
    }
    if !ids.is_empty() {
        state.deletions.tell();
    }
}

/// Deletes the rows of a conversation's cleared messages, and the events that told of them.
pub(crate) async fn purge_cleared(
    state: &AppState,
    scope: OrgScope,
    conversation_id: ConversationId,
) -> Result<(), StoreError> {
    let purged = loop {
        let step = state
            .writer
            .run(move |tx| Box::pin(async move { clearing::step(tx.conn(), scope, conversation_id, CHUNK).await }));
        if let Some(purged) = step.await? {
            break purged;
        }
    };
    purge_told(state, scope, conversation_id, Told::Cleared).await?;
    state
        .writer
        .run(move |tx| Box::pin(async move { clearing::finish(tx.conn(), scope, conversation_id, purged).await }))
        .await
}

/// Deletes a conversation's events, in steps.
pub(crate) async fn purge_told(
    state: &AppState,
    scope: OrgScope,
    conversation_id: ConversationId,
    which: Told,
) -> Result<(), StoreError> {
    loop {
        let told = clearing::told(state.db.reader(), scope, conversation_id, which, TOLD_AT_ONCE).await?;
        for some in told.chunks(usize::try_from(CHUNK).unwrap_or(usize::MAX)) {
            let some = some.to_vec();
            state.writer.run(move |tx| Box::pin(async move { clearing::forget(tx.conn(), scope, some).await })).await?;
        }
        if u64::try_from(told.len()).unwrap_or(u64::MAX) < TOLD_AT_ONCE {
            return Ok(());
        }
    }
}

/// Deletes the rows of a deleted channel.
async fn purge_channel(state: &AppState, org_id: OrgId, channel_id: ChannelId) -> Result<(), StoreError> {
    let scope = OrgScope::new(org_id);
    loop {
        let at = state.clock.now();
        let step =
            state.writer.run(move |tx| Box::pin(async move { purge::step(tx, scope, channel_id, CHUNK, at).await }));
        match step.await? {
            Purge::More => {}
            Purge::Done => return Ok(()),
        }
    }
}
