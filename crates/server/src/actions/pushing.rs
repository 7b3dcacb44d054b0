//! Pushes what visitors write, and notes that mention somebody, to agents whose console is closed, in the background: the message
//! path only notes where something was said.
//!
//! **Invariants**: an agent with a console that is awake is pushed nothing, because the console announces by itself; a console that
//! has said nothing since may be that of a machine that sleeps, and is looked at once more; what is asked of the database is as many
//! questions whatever the number of conversations and agents; and no more than `UNDERWAY_MAX` pushes are under way. A push only says
//! that there is something: the message is in the conversation, and what is lost here is lost nowhere.

mod deliver;
mod doubts;
mod wording;

use crate::metrics::Task;
use crate::push::{Arrivals, Said};
use crate::state::AppState;
use deliver::{Deliveries, Delivery};
use doubts::Doubts;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::alerts::{self, Circumstances};
use rules::permissions::{Permission, can, sees_contact_details};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use store::push::{self, Newest, QuietMarks, Reachable};
use store::{OrgScope, StoreError, Viewer};
use types::agents::Role;
use types::conversations::MessagePreview;
use types::id::{AgentId, ConversationId, OrgId};
use types::messages::{Author, Content};
use types::notes::Note;
use types::time::Timestamp;

/// Conversations of one question.
const CONVERSATIONS: usize = 200;
/// Organisations of one question.
const ORGANISATIONS: usize = 500;
/// Subscriptions that one look at an organisation reaches at most.
const REACHED_MAX: u64 = 5_000;
/// For how many seconds a push service keeps what could not be delivered: by the next morning it is old.
const TTL_SECONDS: i64 = 12 * 3600;
/// A console that is awake answers what it hears at once; by the clock of this machine that may seem so much earlier.
const SLACK_MILLIS: i64 = 50;

/// Something to tell beside a conversation.
#[derive(Debug, Clone)]
struct Asked {
    conversation_id: ConversationId,
    /// When it was said.
    at: Timestamp,
    /// The note that is told; otherwise it is the newest message.
    note: Option<Note>,
    /// At the second look: those whose console was connected and silent at the first, and up to which message they were not told.
    doubted: Option<(Vec<AgentId>, i64)>,
}

/// What a look has come to.
#[derive(Debug, Default)]
struct Looked {
    /// To be looked at once more.
    doubts: Vec<(OrgId, Asked)>,
    /// Up to which message of a conversation an agent was told just now, and up to which note.
    told: HashMap<(ConversationId, AgentId, bool), i64>,
}

/// Pushes for as long as the server runs.
pub fn push_what_arrives(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut deliveries = Deliveries::default();
        let mut doubts = Doubts::default();
        loop {
            let by_org = tokio::select! {
                biased;
                said = state.arrivals.due() => first_look(said),
                again = doubts.due(&*state.clock) => again,
            };
            if !state.config.push.enabled {
                continue;
            }
            // A panic must not end it for good, which nobody would notice before the next start.
            let announced = AssertUnwindSafe(announce(&state, &by_org, &mut deliveries)).catch_unwind().await;
            let announced = announced.unwrap_or(Err(StoreError::Interrupted));
            state.metrics.tasks.ran(Task::Pushes, announced.is_ok(), state.clock.now());
            match announced {
                Ok(looked) => {
                    doubts.settle(&looked.told);
                    state.metrics.pushes.dropped(doubts.add(looked.doubts, Timestamp(0)));
                }
                Err(error) => {
                    tracing::warn!(
                        error.cause = error.chain(),
                        "whom to push to could not be asked; it is tried again"
                    );
                    again(&state, by_org, &mut doubts);
                }
            }
        }
    })
}

type ByOrg = HashMap<OrgId, Vec<Asked>>;

fn first_look(said: Said) -> ByOrg {
    let mut by_org = ByOrg::new();
    let places = said.places.into_iter().map(|((org_id, id), at)| (org_id, id, None, at));
    let notes = said.notes.into_iter().map(|(org_id, note, at)| (org_id, note.conversation_id, Some(note), at));
    for (org_id, conversation_id, note, at) in places.chain(notes) {
        by_org.entry(org_id).or_default().push(Asked { conversation_id, at, note, doubted: None });
    }
    by_org
}

/// What nothing is known of yet is asked again.
fn again(state: &AppState, by_org: ByOrg, doubts: &mut Doubts) {
    let later = state.clock.now().plus_millis(Arrivals::GATHER_MILLIS);
    let (mut said, mut dropped) = (Said::default(), 0_u64);
    for (org_id, asked) in by_org {
        for one in asked {
            match (one.doubted.is_some(), one.note) {
                (true, note) => {
                    dropped = dropped.saturating_add(doubts.add([(org_id, Asked { note, ..one })], later));
                }
                (false, Some(note)) => said.notes.push((org_id, note, one.at)),
                (false, None) => drop(said.places.insert((org_id, one.conversation_id), one.at)),
            }
        }
    }
    state.arrivals.put(said);
    state.metrics.pushes.dropped(dropped);
}

async fn announce(state: &AppState, by_org: &ByOrg, deliveries: &mut Deliveries) -> Result<Looked, StoreError> {
    let mut looked = Looked::default();
    let orgs: Vec<OrgId> = by_org.keys().copied().collect();
    for orgs in orgs.chunks(ORGANISATIONS) {
        for org_id in push::subscribed(state.db.reader(), orgs).await? {
            for asked in by_org.get(&org_id).into_iter().flat_map(|asked| asked.chunks(CONVERSATIONS)) {
                announce_in(state, OrgScope::new(org_id), asked, deliveries, &mut looked).await?;
            }
        }
    }
    Ok(looked)
}

/// Pushes what is to be told of some conversations of an organisation.
async fn announce_in(
    state: &AppState,
    scope: OrgScope,
    asked: &[Asked],
    deliveries: &mut Deliveries,
    looked: &mut Looked,
) -> Result<(), StoreError> {
    let now = state.clock.now();
    let ids: HashSet<ConversationId> = asked.iter().map(|one| one.conversation_id).collect();
    let ids: Vec<ConversationId> = ids.into_iter().collect();
    let newest = push::newest(state.db.reader(), scope, &ids).await?;
    let newest: HashMap<ConversationId, Newest> = newest.into_iter().map(|one| (one.conversation_id, one)).collect();
    let to_tell: Vec<(&Asked, &Newest, What<'_>)> = asked
        .iter()
        .filter_map(|one| newest.get(&one.conversation_id).and_then(|of| Some((one, of, what(one, of)?))))
        .collect();
    if to_tell.is_empty() {
        return Ok(());
    }
    let takes_part =
        |of: &Newest| of.assignee_id.into_iter().chain(of.members.as_slice().iter().copied()).collect::<Vec<_>>();
    let take_part: HashSet<AgentId> = to_tell.iter().flat_map(|(_, of, _)| takes_part(of)).collect();
    let take_part: Vec<AgentId> = take_part.into_iter().collect();
    let overseeing: Vec<Role> =
        Role::ALL.into_iter().filter(|role| can(*role, Permission::SeeAllConversations).is_ok()).collect();
    let mut reachable = push::reachable(state.db.reader(), scope, &take_part, &overseeing, now, REACHED_MAX).await?;
    reachable.retain(|one| seconds_of_use(one, now) > 0);
    if reachable.is_empty() {
        return Ok(());
    }
    let heard = state.hub.heard_last(reachable.iter().map(|one| one.subscription.agent_id));
    let agents: HashSet<AgentId> = reachable.iter().map(|one| one.subscription.agent_id).collect();
    let agents: Vec<AgentId> = agents.into_iter().collect();
    let marks = push::quiet_marks(state.db.reader(), scope, &ids, &agents).await?;
    for (one, of, what) in to_tell {
        let mut doubted = HashSet::new();
        for reached in reachable.iter().filter(|reached| is_for(reached, of, what, &marks)) {
            let agent_id = reached.subscription.agent_id;
            if one.doubted.as_ref().is_some_and(|(doubted, _)| !doubted.contains(&agent_id)) {
                continue;
            }
            match heard.get(&agent_id) {
                Some(heard_at) if is_awake(*heard_at, one.at) => continue,
                Some(_) if one.doubted.is_none() => {
                    doubted.insert(agent_id);
                    continue;
                }
                Some(_) | None => {}
            }
            let is_note = matches!(what, What::Note(_));
            looked.told.insert((one.conversation_id, agent_id, is_note), what.number());
            deliveries.begin(
                state,
                Delivery {
                    subscription: reached.subscription.clone(),
                    conversation_id: one.conversation_id,
                    is_note,
                    seq: what.number(),
                    plain: wording::plain(of, what, reached.subscription.language),
                    said_at: one.at,
                    until: now.plus_seconds(seconds_of_use(reached, now)),
                },
            );
        }
        if !doubted.is_empty() {
            let doubted = Some((doubted.into_iter().collect(), what.number()));
            looked.doubts.push((scope.org_id(), Asked { doubted, ..one.clone() }));
        }
    }
    Ok(())
}

/// What is told.
#[derive(Debug, Clone, Copy)]
enum What<'a> {
    /// A visitor's message.
    Message(&'a MessagePreview),
    /// A note that mentions whom it is told.
    Note(&'a Note),
}

impl What<'_> {
    /// Its place among its like.
    fn number(self) -> i64 {
        match self {
            Self::Message(message) => message.seq,
            Self::Note(note) => note.number,
        }
    }
}

/// What there is to tell: what was answered, recalled or cleared meanwhile is no news.
fn what<'a>(asked: &'a Asked, of: &'a Newest) -> Option<What<'a>> {
    match &asked.note {
        Some(note) => (note.number > of.cleared_notes).then_some(What::Note(note)),
        None => {
            let message = of.message.as_ref()?;
            let is_news = message.author == Author::Visitor && message.content != (Content::Recalled {});
            is_news.then_some(What::Message(message))
        }
    }
}

/// Whether a console that was heard last at one time is one that has heard what was said at another: it answers at once.
fn is_awake(heard_at: Timestamp, said_at: Timestamp) -> bool {
    heard_at.plus_millis(SLACK_MILLIS) >= said_at
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

/// Whether it is announced to this agent. A mention is, also where they want to hear nothing of the visitor.
fn is_for(one: &Reachable, newest: &Newest, what: What<'_>, marks: &QuietMarks) -> bool {
    let Reachable { subscription, role, login_state } = one;
    let viewer = Viewer {
        org_id: subscription.org_id,
        agent_id: subscription.agent_id,
        sees_all: can(*role, Permission::SeeAllConversations).is_ok(),
        sees_details: sees_contact_details(*role, false),
    };
    let mark = (newest.conversation_id, subscription.agent_id);
    let circumstances = match what {
        What::Message(_) => Circumstances {
            login_state: *login_state,
            channel_alert: newest.channel_alert,
            muted: marks.muted.contains(&mark),
            blocked: newest.blocked,
            others: newest.assignee_id.is_some_and(|assignee| assignee != viewer.agent_id)
                && !newest.members.contains(viewer.agent_id),
            mine_only: subscription.mine_only,
        },
        What::Note(_) => Circumstances::asked_for(*login_state),
    };
    let concerns = match what {
        What::Message(_) => !marks.read.contains(&mark),
        What::Note(note) => note.mentions.contains(&subscription.agent_id) && note.author_id != subscription.agent_id,
    };
    viewer.sees(newest.assignee_id, &newest.members) && circumstances.announce() && concerns
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::agents::LoginState;
    use types::id::SessionId;
    use types::push::{PushLanguage, QuietHours};
    use uuid::Uuid;

    #[test]
    fn a_console_is_awake_that_was_heard_since_it_was_told() {
        let said = Timestamp(1_795_334_400_000);
        assert!(is_awake(said, said) && is_awake(said.plus_millis(3), said));
        assert!(is_awake(said.plus_millis(-1), said), "clocks are read one after the other");
        assert!(!is_awake(said.plus_millis(-1_000), said));
    }

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
                mine_only: false,
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
