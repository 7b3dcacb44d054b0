//! Giving tags to many contacts: begun by a request, done in the background in small steps, so that messages never wait for it.
//!
//! **Invariant**: what goes on is asked of the database, so that nothing depends on the request that began it having lived: a server that
//! is started again goes on where the last step ended, and any server of several does.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::permissions::{Permission, can};
use rules::tags::{check_set, picked};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use store::contact_list::{self, ContactPlace, Listed};
use store::taggings::{self, Counts, Whom, Work};
use store::{OrgScope, Tx, Viewer, agents, audit, tags};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};
use types::audit::AuditAction;
use types::contact_list::{CreateTagging, Tagging, Taggings};
use types::error::ErrorCode;
use types::id::{ContactId, OrgId, TagId, TaggingId};
use types::limits;
use types::tags::TagGroup;
use types::time::Timestamp;

/// Contacts of one step: few enough that messages do not wait for it.
const CHUNK: usize = 100;
/// After so long somebody looks whether there is anything to do, although nobody has said so.
const LOOK: Duration = Duration::from_secs(60);
/// Between two steps it rests for so many times as long as a step took: the writer is others' meanwhile.
const REST: u32 = 1;
/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Tells that a tagging was begun.
#[derive(Debug, Default)]
pub struct TaggingNews(Notify);

/// Begins to give tags to many contacts.
///
/// # Errors
/// A field error for a tag that is not there, or the second one of a single-choice group; a conflict while another tagging of the agent's
/// goes on.
pub async fn create_tagging(state: &AppState, agent: &AnyAgent, request: CreateTagging) -> ApiResult<Tagging> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, auditor, id) = (agent.viewer(), auditor(state, agent), state.ids.make(TaggingId));
    let create = state.write(move |tx| {
        Box::pin(async move {
            let scope = viewer.scope();
            tags::lock(tx.conn(), scope).await?;
            let groups = tags::list(tx.conn(), scope).await?;
            let faults = check_set(&groups, &request.tag_ids);
            if !faults.is_empty() {
                return Err(ApiError::invalid(faults));
            }
            let all = groups.iter().flat_map(|group| &group.tags);
            let names = all.filter(|tag| request.tag_ids.contains(&tag.id)).map(|tag| tag.name.clone()).collect();
            let named = request.contact_ids.as_ref().map(|ids| u32::try_from(ids.len()).unwrap_or(u32::MAX));
            let action = AuditAction::ContactsTagged { tags: names, contacts: named, filter: request.filter.clone() };
            let whom = match request.contact_ids {
                Some(ids) => Whom::Named(ids),
                None => Whom::Found(request.filter.unwrap_or_default()),
            };
            let at = auditor.at;
            let begun = taggings::create(tx.conn(), viewer, (id, &request.tag_ids, &whom), at).await?;
            let tagging = begun.ok_or_else(|| ApiError::new(ErrorCode::Conflict, "Another tagging goes on"))?;
            audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
            Ok(tagging)
        })
    });
    let tagging = create.await?;
    state.taggings.0.notify_one();
    Ok(tagging)
}

/// The agent's own taggings, newest first.
pub async fn list_taggings(state: &AppState, agent: &AnyAgent) -> ApiResult<Taggings> {
    Ok(Taggings { items: taggings::list(state.db.reader(), agent.viewer()).await? })
}

/// Stops a tagging of the agent's. What it has given stays given; one that has ended stays as it is.
///
/// # Errors
/// Not found when it is not the agent's.
pub async fn cancel_tagging(state: &AppState, agent: &AnyAgent, id: TaggingId) -> ApiResult<Tagging> {
    let (viewer, at) = (agent.viewer(), state.clock.now());
    state.write(move |tx| Box::pin(async move { Ok(taggings::cancel(tx.conn(), viewer, id, at).await?) })).await
}

/// Goes on with taggings for as long as the server runs. A failure is tried again, with growing waits.
pub fn go_on_with_taggings(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut failures: u32 = 0;
        loop {
            // A panic must not end it for good, which nobody would notice before the next start.
            let outcome = AssertUnwindSafe(go_on(&state)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_panic| Err(store::StoreError::Interrupted.into()));
            state.metrics.tasks.ran(Task::Taggings, outcome.is_ok(), state.clock.now());
            match outcome {
                Ok(()) => {
                    failures = 0;
                    // Whether told or not, it looks.
                    let _told = timeout(LOOK, state.taggings.0.notified()).await;
                }
                Err(error) => {
                    let wait = Duration::from_secs(1 << failures.min(6)).min(WAIT_MAX);
                    failures = failures.saturating_add(1);
                    tracing::warn!(error = %error, wait.seconds = wait.as_secs(), "a tagging failed; it is tried again");
                    sleep(wait).await;
                }
            }
        }
    })
}

/// Goes on with every tagging until there is none. They take turns, so that a long one keeps no other one waiting; one that fails keeps
/// none waiting either, and its error is the answer.
async fn go_on(state: &AppState) -> ApiResult<()> {
    let mut outcome = Ok(());
    loop {
        let all = taggings::unfinished(state.db.reader()).await?;
        if all.is_empty() || outcome.is_err() {
            return outcome;
        }
        for (org_id, id) in all {
            let begun = Instant::now();
            outcome = step(state, org_id, id).await.and(outcome);
            sleep(begun.elapsed().saturating_mul(REST)).await;
        }
    }
}

/// One step of a tagging: finds the next contacts, and gives them the tags.
async fn step(state: &AppState, org_id: OrgId, id: TaggingId) -> ApiResult<()> {
    let (scope, at) = (OrgScope::new(org_id), state.clock.now());
    let Some(work) = taggings::work(state.db.reader(), scope, id).await? else { return Ok(()) };
    let agent = agents::get(state.db.reader(), scope, work.agent_id).await?;
    let Some(agent) = agent.filter(|agent| agent.disabled_at.is_none()) else {
        // Whoever works here no more changes nothing.
        return state
            .write(move |tx| Box::pin(async move { Ok(taggings::stop(tx.conn(), scope, id, at).await?) }))
            .await;
    };
    // What they may see now, and not what they saw when they began it.
    let sees_all = can(agent.role, Permission::SeeAllConversations).is_ok();
    let viewer = Viewer { org_id, agent_id: agent.id, sees_all, sees_details: work.sees_details };
    let (contact_ids, place) = next(state, viewer, &work).await?;
    let give = state.write(move |tx| {
        Box::pin(async move {
            if taggings::hold(tx.conn(), scope, &work).await? {
                let counts = give(tx, viewer, &work.tag_ids, &contact_ids, at).await?;
                taggings::advance(tx.conn(), scope, &work, place, counts, at).await?;
            }
            Ok(())
        })
    });
    give.await
}

/// The contacts of the next step, and how far the tagging has come with them.
async fn next(state: &AppState, viewer: Viewer, work: &Work) -> ApiResult<(Vec<ContactId>, i64)> {
    let filter = match &work.whom {
        Whom::Named(ids) => {
            let from = usize::try_from(work.place).unwrap_or(usize::MAX);
            let some: Vec<ContactId> = ids.iter().skip(from).take(CHUNK).copied().collect();
            let place = work.place.saturating_add(i64::try_from(some.len()).unwrap_or(i64::MAX));
            return Ok((some, place));
        }
        Whom::Found(filter) => filter.clone(),
    };
    // By number, so that whoever is given a tag, or is seen again, keeps their place.
    let listed = Listed { filter, ..Listed::default() };
    let after = Some(ContactPlace::after(work.place));
    let (found, next) = contact_list::page(state.db.reader(), viewer, &listed, after, CHUNK).await?;
    let place = next.map_or(work.until, |place| place.number().min(work.until));
    let found = found.into_iter().map(|listed| listed.contact).filter(|contact| contact.number <= work.until);
    Ok((found.map(|contact| contact.id).collect(), place))
}

/// Gives the tags to these contacts, as whoever picks them for one contact does.
async fn give(
    tx: &mut Tx,
    viewer: Viewer,
    tag_ids: &[TagId],
    contact_ids: &[ContactId],
    at: Timestamp,
) -> ApiResult<Counts> {
    let (held, wanted) = tags::hold_many(tx, viewer, contact_ids).await?;
    tags::lock(tx.conn(), viewer.scope()).await?;
    let groups = tags::list(tx.conn(), viewer.scope()).await?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let missing = count(wanted.saturating_sub(held.len()));
    let mut counts = Counts { missing, ..Counts::default() };
    let mut changes = Vec::with_capacity(held.len());
    for held in held {
        match after(&groups, &held.contact()?.tag_ids, tag_ids) {
            After::Same => counts.unchanged = counts.unchanged.saturating_add(1),
            After::NoRoom => counts.no_room = counts.no_room.saturating_add(1),
            After::These(tag_ids) => changes.push((held, tag_ids)),
        }
    }
    counts.tagged = count(changes.len());
    tags::put_many(tx, viewer, changes, at).await?;
    Ok(counts)
}

/// What becomes of a contact's tags.
enum After {
    Same,
    NoRoom,
    These(Vec<TagId>),
}

fn after(groups: &[TagGroup], before: &[TagId], picks: &[TagId]) -> After {
    // A tag that was deleted meanwhile is given to nobody.
    let there: Vec<TagId> = picks.iter().filter(|pick| check_set(groups, &[**pick]).is_empty()).copied().collect();
    if there.iter().all(|pick| before.contains(pick)) {
        return After::Same;
    }
    let mut after = there.iter().fold(before.to_vec(), |ids, pick| picked(groups, &ids, *pick, true));
    if after.len() > limits::CONTACT_TAGS_MAX {
        return After::NoRoom;
    }
    after.sort_unstable();
    After::These(after)
}
