//! The ledger: everything that happened in an organisation, in one gap-free order.
//!
//! **Invariant**: `seq` is given out inside the write that the event belongs to, under the lock of the organisation's row,
//! so the order of the ledger is the order of the commits, over any number of servers.

use crate::audience::{Actor, Audience};
use crate::direct::{BatchConnection, row};
use crate::error::StoreError;
use crate::members;
use crate::scope::{OrgScope, Viewer};
use crate::sql::{self, hex};
use crate::tables::{channel, conversation, event, organisation};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::BTreeMap;
use std::sync::Arc;
use types::events::{Event, EventsAfter, LedgerEvent};
use types::id::{ConversationId, OrgId};
use types::limits;
use types::time::Timestamp;

/// Whoever is further behind than this many events starts afresh: reading the state costs less.
pub const CATCH_UP_MAX: i64 = 10 * 500;

/// An event that a write is about to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingEvent {
    /// Where it happened.
    pub org_id: OrgId,
    /// The conversation that it is about: it goes when the conversation goes.
    pub conversation_id: Option<ConversationId>,
    /// Who caused it.
    pub actor: Actor,
    /// For whom it is.
    pub audience: Audience,
    /// What happened.
    pub event: Event,
    /// When.
    pub at: Timestamp,
}

impl PendingEvent {
    /// What it is once it is in the ledger.
    pub(crate) fn committed(self, seq: i64, kind: &'static str, payload: Arc<str>) -> CommittedEvent {
        CommittedEvent {
            org_id: self.org_id,
            seq,
            conversation_id: self.conversation_id,
            audience: self.audience,
            kind,
            payload,
        }
    }
}

/// An event that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommittedEvent {
    /// Where it happened.
    pub org_id: OrgId,
    /// Its place in the organisation's ledger.
    pub seq: i64,
    /// The conversation that it is about.
    pub conversation_id: Option<ConversationId>,
    /// For whom it is.
    pub audience: Audience,
    /// The `type` of the event.
    pub kind: &'static str,
    /// The JSON of the [`Event`], byte for byte as in the ledger.
    pub payload: Arc<str>,
}

/// Hears of events once they are on disk.
///
/// Called by the writer: it must return at once and must not wait for anything.
pub trait CommitSink: Send + Sync + 'static {
    /// These were committed, in this order; whoever caused them has not been answered yet.
    fn committed(&self, events: Vec<CommittedEvent>);

    /// The answer to a commit was lost: events may be in the ledger that were never handed over. Everybody who follows the
    /// ledger must fetch what they are missing.
    fn uncertain(&self);
}

/// Which kinds of events there are, once for both directions.
macro_rules! kinds {
    ($($variant:ident => $name:literal,)+) => {
        /// The `type` of an event, as on the wire.
        #[must_use]
        pub fn kind(event: &Event) -> &'static str {
            match event {
                $(Event::$variant { .. } => $name,)+
            }
        }

        /// The kind of this name; `None` when this version knows none.
        #[must_use]
        pub fn kind_named(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some($name),)+
                _ => None,
            }
        }
    };
}

kinds! {
    ConversationCreated => "conversation_created",
    MessageCreated => "message_created",
    MessageRecalled => "message_recalled",
    NoteCreated => "note_created",
    NotesCleared => "notes_cleared",
    ConversationRead => "conversation_read",
    AgentsRead => "agents_read",
    VisitorRead => "visitor_read",
    ContactUpdated => "contact_updated",
    AgentJoined => "agent_joined",
    AgentLeft => "agent_left",
    AgentUpdated => "agent_updated",
    ConversationWithdrawn => "conversation_withdrawn",
    ConversationAssigned => "conversation_assigned",
    ConversationClosed => "conversation_closed",
    ConversationReopened => "conversation_reopened",
    ConversationSnoozed => "conversation_snoozed",
    ConversationWoken => "conversation_woken",
    ConversationPersonalised => "conversation_personalised",
    ConversationCleared => "conversation_cleared",
    ConversationDeleted => "conversation_deleted",
    ContactBlocked => "contact_blocked",
    ContactDeleted => "contact_deleted",
    ContactMerged => "contact_merged",
    ContactMergeUndone => "contact_merge_undone",
    ChannelCreated => "channel_created",
    ChannelUpdated => "channel_updated",
    VisitorChannelUpdated => "visitor_channel_updated",
    ChannelDeleted => "channel_deleted",
    ChannelTreeUpdated => "channel_tree_updated",
    CustomFieldsSet => "custom_fields_set",
    TagGroupSaved => "tag_group_saved",
    TagGroupDeleted => "tag_group_deleted",
    TagsDeleted => "tags_deleted",
    AgentCreated => "agent_created",
    AgentEdited => "agent_edited",
    AgentRemoved => "agent_removed",
    AgentGroupsChanged => "agent_groups_changed",
    WebhooksChanged => "webhooks_changed",
    ApiTokensChanged => "api_tokens_changed",
    MeUpdated => "me_updated",
}

/// Adds events to the ledger, inside the caller's transaction and in this order.
pub(crate) async fn append<C: BatchConnection>(
    conn: &C,
    events: Vec<PendingEvent>,
) -> Result<Vec<CommittedEvent>, StoreError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut next = reserve(conn, &events).await?;
    let mut committed = Vec::with_capacity(events.len());
    let mut rows = Vec::with_capacity(events.len());
    for pending in events {
        let seq = next.get_mut(&pending.org_id).ok_or(StoreError::NotFound)?;
        *seq += 1;
        let payload = sql::to_json(&pending.event)?;
        let kind = kind(&pending.event);
        rows.push(event::ActiveModel {
            org_id: Set(pending.org_id),
            seq: Set(*seq),
            conversation_id: Set(pending.conversation_id),
            kind: Set(kind.to_owned()),
            actor: Set(pending.actor.to_string()),
            audience: Set(pending.audience.to_string()),
            payload: Set(payload.clone()),
            created_at: Set(pending.at),
        });
        committed.push(pending.committed(*seq, kind, payload.into()));
    }
    for chunk in sql::chunks(rows) {
        event::Entity::insert_many(chunk).exec_without_returning(conn).await?;
    }
    Ok(committed)
}

/// Reserves as many places as there are events, and returns the place before the first one for each organisation.
async fn reserve<C: BatchConnection>(conn: &C, events: &[PendingEvent]) -> Result<BTreeMap<OrgId, i64>, StoreError> {
    let counts = counted(events);
    let rows = places(&counts);
    let statement = match conn.get_database_backend() {
        DbBackend::Postgres => {
            // Locked in one order, so that two servers with several organisations in a batch cannot lock each other out, and
            // not against foreign keys: two servers that have both added rows of an organisation both go on to its number.
            "WITH j AS (SELECT * FROM json_to_recordset($1::json) AS j(o uuid, n bigint)),
             locked AS MATERIALIZED (
                 SELECT organisation.id, j.n FROM organisation JOIN j ON organisation.id = j.o
                 ORDER BY organisation.id FOR NO KEY UPDATE OF organisation)
             UPDATE organisation SET last_event_seq = last_event_seq + locked.n
             FROM locked WHERE organisation.id = locked.id RETURNING organisation.id, organisation.last_event_seq"
        }
        _ => {
            "UPDATE organisation SET last_event_seq = last_event_seq + (j.value ->> 'n')
             FROM json_each($1) AS j
             WHERE organisation.id = unhex(j.value ->> 'o') RETURNING id, last_event_seq"
        }
    };
    let mut reserved = BTreeMap::new();
    for row in conn.rows::<Reserved>(sql::with_json(conn, statement, &rows)?).await? {
        reserved.insert(row.id, row.last_event_seq - counts.get(&row.id).copied().unwrap_or_default());
    }
    Ok(reserved)
}

/// How many events there are for each organisation.
pub(crate) fn counted(events: &[PendingEvent]) -> BTreeMap<OrgId, i64> {
    let mut counts = BTreeMap::<OrgId, i64>::new();
    for event in events {
        *counts.entry(event.org_id).or_default() += 1;
    }
    counts
}

/// How many places to reserve, as a statement's parameter.
pub(crate) fn places(counts: &BTreeMap<OrgId, i64>) -> Vec<serde_json::Value> {
    counts.iter().map(|(org, count)| serde_json::json!({"o": hex(org.0), "n": count})).collect()
}

row! {
    /// An organisation's newest place in its ledger.
    pub(crate) struct Reserved {
        id: OrgId,
        last_event_seq: i64,
    }
}

/// The newest event's place in the ledger.
pub async fn cursor<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<i64, StoreError> {
    scope
        .find::<organisation::Entity>()
        .select_only()
        .column(organisation::Column::LastEventSeq)
        .into_tuple()
        .one(conn)
        .await?
        .ok_or(StoreError::NotFound)
}

/// What happened after a point of the ledger, as far as the agent may see it. Without a point: nothing but the present one.
///
/// Looks at no more than `limit` events, seen or not, so an answer costs the same for everyone; it may hold no item and
/// still say that there is more.
pub async fn after<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    after: Option<i64>,
    limit: u16,
) -> Result<EventsAfter, StoreError> {
    let newest = cursor(conn, viewer.scope()).await?;
    let Some(after) = after else {
        return Ok(EventsAfter { items: Vec::new(), cursor: newest, has_more: false, resync: false });
    };
    // A cursor beyond the newest comes from a ledger that we no longer have: a restored backup.
    if after > newest || newest.saturating_sub(after) > CATCH_UP_MAX {
        return Ok(EventsAfter { items: Vec::new(), cursor: newest, has_more: false, resync: true });
    }
    let until = Ord::min(after.saturating_add(i64::from(limit.clamp(1, limits::EVENTS_MAX))), newest);
    let rows: Vec<(i64, String)> = visible(viewer, after, until).into_tuple().all(conn).await?;
    let mut items = Vec::with_capacity(rows.len());
    for (seq, payload) in rows {
        match sql::from_json(&payload, "event") {
            Ok(event) => items.push(LedgerEvent { seq, event }),
            Err(error) => {
                // Of another version, newer or much older. Whoever asks would ask for it for ever; the state has it, too.
                tracing::warn!(
                    seq,
                    error.cause = error.chain(),
                    "an event cannot be read: whoever needs it starts afresh"
                );
                return Ok(EventsAfter { items: Vec::new(), cursor: newest, has_more: false, resync: true });
            }
        }
    }
    Ok(EventsAfter { items, cursor: until, has_more: until < newest, resync: false })
}

/// The events in `(after, until]` that the agent may see. What happened in a deleted channel's conversations is gone even
/// before it is purged, and what told of cleared messages likewise.
pub(crate) fn visible(viewer: Viewer, after: i64, until: i64) -> sea_orm::Select<event::Entity> {
    let audience = Audience::patterns(viewer)
        .into_iter()
        .fold(Condition::any(), |any, pattern| any.add(event::Column::Audience.like(pattern)));
    // A scalar and not `EXISTS`, which PostgreSQL might turn into a join over all conversations of deleted channels. One for both:
    // each costs a look into the conversation.
    let is_deleted = Expr::col((channel::Entity, channel::Column::DeletedAt)).is_not_null();
    let is_cleared = Expr::col((event::Entity, event::Column::Kind)).is_in(["message_created", "note_created"]).and(
        Expr::col((event::Entity, event::Column::Seq))
            .lte(Expr::col((conversation::Entity, conversation::Column::ClearedEventSeq))),
    );
    let is_hidden = Query::select()
        .expr(is_deleted.or(is_cleared))
        .from(conversation::Entity)
        .inner_join(
            channel::Entity,
            Expr::col((channel::Entity, channel::Column::Id))
                .equals((conversation::Entity, conversation::Column::ChannelId)),
        )
        .and_where(
            Expr::col((conversation::Entity, conversation::Column::Id))
                .equals((event::Entity, event::Column::ConversationId)),
        )
        .to_owned();
    let select = viewer
        .scope()
        .find::<event::Entity>()
        .select_only()
        .columns([event::Column::Seq, event::Column::Payload])
        .filter(event::Column::Seq.gt(after))
        .filter(event::Column::Seq.lte(until))
        .filter(audience)
        .filter(Expr::SubQuery(None, Box::new(is_hidden.into())).if_null(false).eq(false))
        .order_by_asc(event::Column::Seq);
    if viewer.sees_all {
        return select;
    }
    // It was for them when it happened. Of a conversation that is theirs no more they are told nothing, not even what they knew.
    let theirs = Query::select()
        .column((conversation::Entity, conversation::Column::Id))
        .from(conversation::Entity)
        .and_where(
            Expr::col((conversation::Entity, conversation::Column::Id))
                .equals((event::Entity, event::Column::ConversationId)),
        )
        .cond_where(members::take_part(viewer))
        .to_owned();
    select.filter(
        Condition::any()
            .add(event::Column::ConversationId.is_null())
            .add(event::Column::Audience.not_like("c%"))
            .add(Expr::SubQuery(None, Box::new(theirs.into())).is_not_null()),
    )
}
