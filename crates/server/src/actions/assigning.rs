//! Whose conversations are: handing on, taking over, closing and opening again; who serves a channel; and the queue, which is worked off
//! whenever somebody may have become available.
//!
//! **Invariants**: who is online is asked inside the write that decides; whatever may let somebody wait no longer [tells](Queues::tell)
//! the queue of its organisation, and a look now and then finds what nobody has told, such as an agent who has come to another server.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::realtime::hub::Hub;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::permissions::{Permission, can, can_hand_on, can_take_over};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::assignment::{self, Attendance, Full, Service, Waiting};
use store::audit;
use store::members::{Held, Member};
use store::notes::{self, NewNote};
use store::{CommittedEvent, OrgScope, StoreError, Tx, Viewer, agents, channels, conversations};
use tokio::sync::Notify;
use types::assignment::{ChannelAssignment, SetChannelAssignment, TransferConversation, TransferTargets};
use types::audit::AuditAction;
use types::conversations::Conversation;
use types::error::{ErrorCode, FieldCode};
use types::id::{AgentId, ChannelId, ConversationId, Nonce, NoteId, OrgId};

/// Seconds after which somebody looks at the queues, although nobody has said so.
pub const LOOK_SECONDS: i64 = 5;

/// Conversations that one write assigns: few enough that messages do not wait for it.
const AT_ONCE: u64 = 20;
/// Writes of one organisation before the next one has its turn.
const TURNS: usize = 25;

/// The queues that may move. A clone shares them.
#[derive(Debug, Clone, Default)]
pub struct Queues(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    told: Mutex<HashSet<OrgId>>,
    news: Notify,
    /// Organisations in which places in the queue may be others, with the conversations that may have left it.
    moved: Mutex<HashMap<OrgId, HashSet<ConversationId>>>,
    has_moved: Notify,
    /// Something was put off.
    snoozed: Notify,
}

impl Queues {
    /// Somebody may have become available in the organisation.
    pub fn tell(&self, org: OrgId) {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner).insert(org);
        self.0.news.notify_one();
    }

    /// Something was committed that may have made somebody available: they receive again, may have more, have room, or are asked for.
    pub(crate) fn note(&self, event: &CommittedEvent) {
        let moves = matches!(
            event.kind,
            "me_updated"
                | "agent_updated"
                | "agent_created"
                | "agent_edited"
                | "agent_groups_changed"
                | "conversation_created"
                | "conversation_assigned"
                | "conversation_closed"
                | "conversation_reopened"
                | "conversation_snoozed"
                | "conversation_woken"
                | "conversation_deleted"
                | "contact_blocked"
                | "channel_deleted"
        );
        if moves {
            self.tell(event.org_id);
        }
        if event.kind == "conversation_snoozed" {
            self.0.snoozed.notify_one();
        }
        self.note_place(event);
    }

    /// It may be a step of the queue.
    fn note_place(&self, event: &CommittedEvent) {
        let may_leave = matches!(event.kind, "conversation_assigned" | "conversation_closed" | "conversation_reopened");
        if !may_leave
            && !matches!(
                event.kind,
                "conversation_created" | "conversation_deleted" | "contact_blocked" | "channel_deleted"
            )
        {
            return;
        }
        let mut moved = self.0.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let of_org = moved.entry(event.org_id).or_default();
        if may_leave {
            of_org.extend(event.conversation_id);
        }
        drop(moved);
        self.0.has_moved.notify_one();
    }

    /// Waits until something was put off.
    pub(super) async fn snoozed(&self) {
        self.0.snoozed.notified().await;
    }

    /// Waits until places may be others, lets more of that gather for a moment, and takes it.
    pub(super) async fn moved(&self, gather: Duration) -> HashMap<OrgId, HashSet<ConversationId>> {
        self.0.has_moved.notified().await;
        tokio::time::sleep(gather).await;
        std::mem::take(&mut *self.0.moved.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self) -> HashSet<OrgId> {
        std::mem::take(&mut *self.0.told.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Attendance for Hub {
    fn connected(&self, agents: &[AgentId]) -> HashSet<AgentId> {
        Hub::connected(self, agents.iter().copied())
    }
}

/// Works queues off for as long as the server runs.
pub fn assign_whoever_waits(state: AppState) -> BoxFuture<'static, ()> {
    // The first wait begins here, and not when the task is first run.
    let mut next = state.clock.sleep_until(state.clock.now().plus_seconds(LOOK_SECONDS));
    Box::pin(async move {
        loop {
            let told = tokio::select! {
                () = state.queues.0.news.notified() => true,
                () = &mut next => false,
            };
            // A panic must not end it for good, which nobody would notice before the next start.
            let moved = AssertUnwindSafe(move_on(&state, told)).catch_unwind().await;
            if let Err(error) = moved.unwrap_or(Err(StoreError::Interrupted)) {
                tracing::warn!(error.cause = error.chain(), "the queue was not worked off; it is tried again");
            }
            if !told {
                next = state.clock.sleep_until(state.clock.now().plus_seconds(LOOK_SECONDS));
            }
        }
    })
}

async fn move_on(state: &AppState, told: bool) -> Result<(), StoreError> {
    let mut orgs = state.queues.take();
    if !told {
        let waiting = assignment::waiting(state.db.reader()).await?;
        measure(state, &waiting);
        orgs.extend(waiting.iter().map(|one| one.org_id));
    }
    let mut outcome = Ok(());
    for org in orgs {
        outcome = work_off(state, org).await.and(outcome);
    }
    outcome
}

fn measure(state: &AppState, waiting: &[Waiting]) {
    let count = waiting.iter().map(|one| one.count).sum();
    let since = waiting.iter().map(|one| one.since).min();
    let longest = since.map_or(0, |since| state.clock.now().millis_since(since));
    state.metrics.tasks.queue_is(count, Duration::from_millis(u64::try_from(longest).unwrap_or(0)));
}

async fn work_off(state: &AppState, org: OrgId) -> Result<(), StoreError> {
    let scope = OrgScope::new(org);
    for _ in 0..TURNS {
        if !assignment::moves(state.db.reader(), scope, state.hub.as_ref()).await? {
            return Ok(());
        }
        let at = state.clock.now();
        let some = state
            .writer
            .run_alone(move |tx| Box::pin(async move { assignment::work_off(tx, scope, at, AT_ONCE).await }));
        if some.await? == 0 {
            return Ok(());
        }
    }
    // The others first.
    state.queues.tell(org);
    Ok(())
}

/// Hands a conversation on, with a note where there is one.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who neither have it nor lead; a field error when there is no such agent or
/// group; a conflict when the agent has as many as they may have.
pub async fn transfer_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
    request: TransferConversation,
) -> ApiResult<()> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let TransferConversation { agent_id, group_id, note } = request;
    let new = note.map(|text| NewNote {
        id: state.ids.make(NoteId),
        nonce: state.ids.make(Nonce),
        author_name: caller.name.clone(),
        text,
        whisper: false,
        mentions: Vec::new(),
        at: auditor.at,
    });
    // Who is in the group and online is needed by name only when it is said.
    let groups = match group_id {
        Some(_) => assignment::groups(state.db.reader(), viewer.scope(), state.hub.as_ref()).await?,
        None => Vec::new(),
    };
    let handed_on = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            can_hand_on(role, held.assignee_id() == Some(viewer.agent_id))?;
            if let Some(agent_id) = agent_id {
                let to = colleague(tx, viewer, agent_id).await?.ok_or_else(|| no_such("agent_id"))?;
                assignment::give(tx, viewer, &mut held, to, auditor).await?.map_err(full)?;
            } else {
                let group = groups.into_iter().find(|group| Some(group.id) == group_id);
                let group = group.ok_or_else(|| no_such("group_id"))?;
                assignment::give_to_group(tx, viewer, &mut held, (group.id, group.name), auditor).await?;
            }
            if let Some(new) = new {
                notes::create(tx, viewer, held, new).await?;
            }
            Ok(())
        })
    });
    handed_on.await
}

/// Makes a conversation the caller's.
///
/// # Errors
/// Not found when they do not see it; forbidden when it is somebody's and they do not lead; a conflict when they have as many as they
/// may have.
pub async fn take_over_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let taken = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            if held.assignee_id() != Some(viewer.agent_id) {
                can_take_over(role, held.assignee_id().is_none())?;
            }
            let to = colleague(tx, viewer, viewer.agent_id).await?.ok_or_else(ApiError::unauthenticated)?;
            assignment::give(tx, viewer, &mut held, to, auditor).await?.map_err(full)?;
            shown(tx, viewer, conversation_id).await
        })
    });
    taken.await
}

/// Closes a conversation, until somebody opens it or the visitor writes.
///
/// # Errors
/// Not found when it is not theirs; forbidden for those who neither have it nor lead.
pub async fn close_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let closed = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            can_hand_on(role, held.assignee_id() == Some(viewer.agent_id))?;
            assignment::close(tx, viewer, &mut held, auditor).await?;
            shown(tx, viewer, conversation_id).await
        })
    });
    closed.await
}

/// Opens a closed conversation again.
///
/// # Errors
/// As [`close_conversation`]; a conflict when whoever has it has as many others as they may have.
pub async fn reopen_conversation(
    state: &AppState,
    caller: &AnyAgent,
    conversation_id: ConversationId,
) -> ApiResult<Conversation> {
    let (viewer, role, auditor) = (caller.viewer(), caller.role, auditor(state, caller));
    let opened = state.write_alone(move |tx| {
        Box::pin(async move {
            let mut held = hold(tx, viewer, conversation_id).await?;
            can_hand_on(role, held.assignee_id() == Some(viewer.agent_id))?;
            assignment::reopen(tx, viewer, &mut held, auditor).await?.map_err(full)?;
            shown(tx, viewer, conversation_id).await
        })
    });
    opened.await
}

/// To whom conversations can be handed on.
///
/// # Errors
/// Those of the database.
pub async fn transfer_targets(state: &AppState, caller: &AnyAgent) -> ApiResult<TransferTargets> {
    Ok(assignment::targets(state.db.reader(), caller.scope(), state.hub.as_ref()).await?)
}

/// To whom a channel's conversations come.
///
/// # Errors
/// Not found when there is no such channel.
pub async fn channel_assignment(
    state: &AppState,
    caller: &AnyAgent,
    channel_id: ChannelId,
) -> ApiResult<ChannelAssignment> {
    let (reader, scope) = (state.db.reader(), caller.scope());
    let service = assignment::service(reader, scope, channel_id).await?;
    let service = service.ok_or_else(|| ApiError::not_found("channel"))?;
    let groups = assignment::groups(reader, scope, state.hub.as_ref()).await?;
    let group_ids = groups.iter().map(|group| group.id).filter(|id| service.group_ids.contains(id)).collect();
    Ok(ChannelAssignment { automatic: !service.by_hand, group_ids, groups })
}

/// Sets to whom a channel's conversations come. What somebody has stays theirs; what waits is looked at again.
///
/// # Errors
/// Forbidden unless the role may manage channels; not found when there is no such channel; a field error for a group that is not there.
pub async fn set_channel_assignment(
    state: &AppState,
    caller: &AnyAgent,
    channel_id: ChannelId,
    request: SetChannelAssignment,
) -> ApiResult<ChannelAssignment> {
    can(caller.role, Permission::ManageChannels)?;
    let (scope, auditor) = (caller.scope(), auditor(state, caller));
    let groups = assignment::groups(state.db.reader(), scope, state.hub.as_ref()).await?;
    let SetChannelAssignment { automatic, mut group_ids } = request;
    group_ids.sort_unstable();
    group_ids.dedup();
    if group_ids.iter().any(|id| groups.iter().all(|group| group.id != *id)) {
        return Err(no_such("group_ids"));
    }
    let named = groups.iter().filter(|group| group_ids.contains(&group.id)).map(|group| group.name.clone()).collect();
    let service = Service { by_hand: !automatic, group_ids };
    let set = state.write(move |tx| {
        Box::pin(async move {
            let missing = || ApiError::not_found("channel");
            let channel = channels::get(tx.conn(), scope, channel_id).await?.ok_or_else(missing)?;
            if assignment::service(tx.conn(), scope, channel_id).await?.as_ref() == Some(&service) {
                return Ok(());
            }
            if !assignment::set_service(tx, scope, channel_id, &service).await? {
                return Err(missing());
            }
            let action = AuditAction::ChannelAssignmentSet { channel_id, name: channel.name, automatic, groups: named };
            Ok(audit::add(tx.conn(), scope.org_id(), auditor, &action).await?)
        })
    });
    set.await?;
    state.queues.tell(scope.org_id());
    channel_assignment(state, caller, channel_id).await
}

pub(super) async fn hold(tx: &Tx, viewer: Viewer, conversation_id: ConversationId) -> ApiResult<Held> {
    Held::lock(tx, viewer, conversation_id).await?.ok_or_else(|| ApiError::not_found("conversation"))
}

pub(super) async fn shown(tx: &Tx, viewer: Viewer, conversation_id: ConversationId) -> ApiResult<Conversation> {
    let conversation = conversations::get(tx.conn(), viewer, conversation_id).await?;
    conversation.ok_or_else(|| ApiError::not_found("conversation"))
}

/// An agent who works here.
async fn colleague(tx: &Tx, viewer: Viewer, agent_id: AgentId) -> ApiResult<Option<Member>> {
    let agent = agents::get(tx.conn(), viewer.scope(), agent_id).await?.filter(|agent| agent.disabled_at.is_none());
    let member = |agent: agents::Agent| {
        let sees_all = can(agent.role, Permission::SeeAllConversations).is_ok();
        Member { id: agent.id, name: agent.name, sees_all }
    };
    Ok(agent.map(member))
}

fn no_such(field: &'static str) -> ApiError {
    let detail =
        if field == "agent_id" { "must be somebody who works here" } else { "must be of groups that there are" };
    ApiError::field(field, FieldCode::Wrong, detail)
}

fn full(_: Full) -> ApiError {
    ApiError::new(ErrorCode::Conflict, "They have as many open conversations as they may have")
}
