//! Pushes what visitors write to agents whose console is closed, in the background: the message path only notes where something was
//! said.
//!
//! **Invariants**: an agent with a console connected is pushed nothing, because the console announces by itself; what is asked of
//! the database is as many questions whatever the number of conversations and agents; and no more than `UNDERWAY_MAX` pushes are
//! under way. A push only says that there is something: the message is in the conversation, and what is lost here is lost nowhere.

mod deliver;
mod wording;

use crate::metrics::Task;
use crate::state::AppState;
use deliver::{Deliveries, Delivery};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::alerts::{self, Circumstances};
use rules::permissions::{Permission, can, sees_contact_details};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use store::push::{self, Newest, QuietMarks, Reachable};
use store::{OrgScope, StoreError, Viewer};
use types::agents::Role;
use types::id::{AgentId, ConversationId, OrgId};
use types::messages::{Author, Content};
use types::time::Timestamp;

/// Conversations of one question.
const CONVERSATIONS: usize = 200;
/// Organisations of one question.
const ORGANISATIONS: usize = 500;
/// Subscriptions that one look at an organisation reaches at most.
const REACHED_MAX: u64 = 5_000;
/// For how many seconds a push service keeps what could not be delivered: by the next morning it is old.
const TTL_SECONDS: i64 = 12 * 3600;

/// Pushes for as long as the server runs.
pub fn push_what_arrives(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut deliveries = Deliveries::default();
        loop {
            let places = state.arrivals.due().await;
            if !state.config.push.enabled {
                continue;
            }
            let mut by_org: HashMap<OrgId, Vec<ConversationId>> = HashMap::new();
            for (org_id, conversation_id) in places {
                by_org.entry(org_id).or_default().push(conversation_id);
            }
            // A panic must not end it for good, which nobody would notice before the next start.
            let announced = AssertUnwindSafe(announce(&state, &by_org, &mut deliveries)).catch_unwind().await;
            let announced = announced.unwrap_or(Err(StoreError::Interrupted));
            state.metrics.tasks.ran(Task::Pushes, announced.is_ok(), state.clock.now());
            if let Err(error) = announced {
                tracing::warn!(error.cause = error.chain(), "whom to push to could not be asked; it is tried again");
                let again = by_org.into_iter().flat_map(|(org, ids)| ids.into_iter().map(move |id| (org, id)));
                state.arrivals.put(again);
            }
        }
    })
}

async fn announce(
    state: &AppState,
    by_org: &HashMap<OrgId, Vec<ConversationId>>,
    deliveries: &mut Deliveries,
) -> Result<(), StoreError> {
    let orgs: Vec<OrgId> = by_org.keys().copied().collect();
    for orgs in orgs.chunks(ORGANISATIONS) {
        for org_id in push::subscribed(state.db.reader(), orgs).await? {
            for conversations in by_org.get(&org_id).into_iter().flat_map(|ids| ids.chunks(CONVERSATIONS)) {
                announce_in(state, OrgScope::new(org_id), conversations, deliveries).await?;
            }
        }
    }
    Ok(())
}

/// Pushes the newest messages of some conversations of an organisation.
async fn announce_in(
    state: &AppState,
    scope: OrgScope,
    conversations: &[ConversationId],
    deliveries: &mut Deliveries,
) -> Result<(), StoreError> {
    let now = state.clock.now();
    let mut newest = push::newest(state.db.reader(), scope, conversations).await?;
    newest
        .retain(|newest| newest.message.author == Author::Visitor && newest.message.content != (Content::Recalled {}));
    let take_part: HashSet<AgentId> = newest
        .iter()
        .flat_map(|newest| newest.assignee_id.into_iter().chain(newest.members.as_slice().iter().copied()))
        .collect();
    if newest.is_empty() {
        return Ok(());
    }
    let take_part: Vec<AgentId> = take_part.into_iter().collect();
    let overseeing: Vec<Role> =
        Role::ALL.into_iter().filter(|role| can(*role, Permission::SeeAllConversations).is_ok()).collect();
    let mut reachable = push::reachable(state.db.reader(), scope, &take_part, &overseeing, now, REACHED_MAX).await?;
    let connected = state.hub.connected(reachable.iter().map(|one| one.subscription.agent_id));
    reachable.retain(|one| !connected.contains(&one.subscription.agent_id) && seconds_of_use(one, now) > 0);
    if reachable.is_empty() {
        return Ok(());
    }
    let conversations: Vec<ConversationId> = newest.iter().map(|newest| newest.conversation_id).collect();
    let agents: HashSet<AgentId> = reachable.iter().map(|one| one.subscription.agent_id).collect();
    let agents: Vec<AgentId> = agents.into_iter().collect();
    let marks = push::quiet_marks(state.db.reader(), scope, &conversations, &agents).await?;
    for newest in &newest {
        for one in reachable.iter().filter(|one| is_for(one, newest, &marks)) {
            deliveries.begin(
                state,
                Delivery {
                    subscription: one.subscription.clone(),
                    conversation_id: newest.conversation_id,
                    seq: newest.message.seq,
                    plain: wording::plain(newest, one.subscription.language),
                    until: now.plus_seconds(seconds_of_use(one, now)),
                },
            );
        }
    }
    Ok(())
}

/// For how many seconds it is of use to announce something there: until the quiet hours begin, and not within them.
fn seconds_of_use(one: &Reachable, now: Timestamp) -> i64 {
    let (quiet, offset) = (one.subscription.quiet, one.subscription.utc_offset_minutes);
    let minute = alerts::minute_of_day(now.0, offset);
    match alerts::minutes_until_quiet(quiet, minute) {
        Some(minutes) => TTL_SECONDS.min(i64::from(minutes).saturating_mul(60)),
        None => TTL_SECONDS,
    }
}

/// Whether the message is announced to this agent.
fn is_for(one: &Reachable, newest: &Newest, marks: &QuietMarks) -> bool {
    let Reachable { subscription, role, login_state } = one;
    let viewer = Viewer {
        org_id: subscription.org_id,
        agent_id: subscription.agent_id,
        sees_all: can(*role, Permission::SeeAllConversations).is_ok(),
        sees_details: sees_contact_details(*role, false),
    };
    let mark = (newest.conversation_id, subscription.agent_id);
    let circumstances = Circumstances {
        login_state: *login_state,
        channel_alert: newest.channel_alert,
        muted: marks.muted.contains(&mark),
        blocked: newest.blocked,
    };
    viewer.sees(newest.assignee_id, &newest.members) && circumstances.announce() && !marks.read.contains(&mark)
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::agents::LoginState;
    use types::id::SessionId;
    use types::push::{PushLanguage, QuietHours};
    use uuid::Uuid;

    #[test]
    fn a_push_service_keeps_nothing_into_the_quiet_hours() {
        let mut one = Reachable {
            subscription: push::Subscription {
                session_id: SessionId(Uuid::nil()),
                org_id: OrgId(Uuid::nil()),
                agent_id: AgentId(Uuid::nil()),
                endpoint: String::new(),
                endpoint_hash: String::new(),
                p256dh: String::new(),
                auth: String::new(),
                language: PushLanguage::Chinese,
                quiet: Some(QuietHours { from: 22 * 60, to: 8 * 60 }),
                utc_offset_minutes: 480,
                updated_at: Timestamp(0),
            },
            role: Role::Agent,
            login_state: LoginState::Normal,
        };
        // 16:00, 21:59 and 22:00 in Shanghai.
        let four = Timestamp(1_795_334_400_000);
        let at = |one: &Reachable, minutes: i64| seconds_of_use(one, four.plus_seconds(minutes * 60));
        assert_eq!([0, 359, 360, 959].map(|minutes| at(&one, minutes)), [6 * 3600, 60, 0, 0]);
        assert_eq!(at(&one, 960), TTL_SECONDS);
        one.subscription.quiet = None;
        assert_eq!(at(&one, 360), TTL_SECONDS);
    }
}
