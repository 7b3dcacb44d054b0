//! What webhooks are told: the log, and what is sent again.
//!
//! **Invariant**: of a conversation's deliveries to one webhook that wait, only the first has a time at which it is due; the next one
//! gets its time when that one is over. So one that fails holds back those behind it, and nothing else.

use super::waiting;
use crate::error::StoreError;
use crate::queries::place::Place;
use crate::scope::OrgScope;
use crate::tables::{webhook, webhook_delivery};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::id::{ConversationId, WebhookDeliveryId, WebhookId};
use types::limits;
use types::page::Page;
use types::time::Timestamp;
use types::webhooks::{
    ReplayedDeliveries, WebhookDelivery, WebhookDeliveryContents, WebhookDeliveryState, WebhookEvent, WebhookFailure,
};

/// Something to tell a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The new delivery.
    pub id: WebhookDeliveryId,
    /// The event's place in the ledger; 0 for a test.
    pub event_seq: i64,
    /// Its kind.
    pub kind: String,
    /// The conversation that it is about.
    pub conversation_id: Option<ConversationId>,
    /// What is sent.
    pub body: String,
}

impl NewDelivery {
    pub(super) fn row(
        self,
        scope: OrgScope,
        webhook_id: WebhookId,
        due_at: Option<Timestamp>,
        at: Timestamp,
    ) -> webhook_delivery::ActiveModel {
        webhook_delivery::ActiveModel {
            id: Set(self.id),
            org_id: Set(scope.org_id()),
            webhook_id: Set(webhook_id),
            event_seq: Set(self.event_seq),
            kind: Set(self.kind),
            conversation_id: Set(self.conversation_id),
            body: Set(self.body),
            state: Set(WebhookDeliveryState::Waiting.as_str().to_owned()),
            attempts: Set(0),
            tries: Set(0),
            due_at: Set(due_at),
            status: Set(None),
            failure: Set(None),
            answer: Set(None),
            duration_millis: Set(None),
            attempted_at: Set(None),
            created_at: Set(at),
        }
    }
}

impl TryFrom<webhook_delivery::Model> for WebhookDeliveryContents {
    type Error = StoreError;

    fn try_from(row: webhook_delivery::Model) -> Result<Self, StoreError> {
        let corrupt = |what| move || StoreError::Corrupt { what };
        let delivery = WebhookDelivery {
            id: row.id,
            event: WebhookEvent::parse(&row.kind),
            conversation_id: row.conversation_id,
            state: WebhookDeliveryState::parse(&row.state).ok_or_else(corrupt("webhook_delivery.state"))?,
            attempts: row.attempts,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            failure: row.failure.as_deref().and_then(WebhookFailure::parse),
            duration_millis: row.duration_millis,
            attempted_at: row.attempted_at,
            due_at: row.due_at,
            created_at: row.created_at,
        };
        Ok(Self { delivery, body: row.body, answer: row.answer })
    }
}

/// Adds something to tell that is no event of the ledger's: a test, which is due at once.
pub async fn create<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: WebhookId,
    new: NewDelivery,
    at: Timestamp,
) -> Result<WebhookDelivery, StoreError> {
    let id = new.id;
    webhook_delivery::Entity::insert(new.row(scope, webhook_id, Some(at), at)).exec_without_returning(conn).await?;
    Ok(contents(conn, scope, webhook_id, id).await?.ok_or(StoreError::NotFound)?.delivery)
}

/// A delivery with what was sent and answered.
pub async fn contents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: WebhookId,
    id: WebhookDeliveryId,
) -> Result<Option<WebhookDeliveryContents>, StoreError> {
    let row = of(scope, webhook_id).filter(webhook_delivery::Column::Id.eq(id)).one(conn).await?;
    row.map(WebhookDeliveryContents::try_from).transpose()
}

/// A page of a webhook's log, newest first: of these, or of all.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: WebhookId,
    state: Option<WebhookDeliveryState>,
    (cursor, limit): (Option<Place>, u16),
) -> Result<Page<WebhookDelivery>, StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let rows = page(scope, webhook_id, state, cursor).limit(u64::from(limit) + 1).all(conn).await?;
    let more = rows.len() > usize::from(limit);
    let delivery = |row| Ok::<_, StoreError>(WebhookDeliveryContents::try_from(row)?.delivery);
    let items = rows.into_iter().take(usize::from(limit)).map(delivery).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| more);
    let next_cursor = next.map(|last| Place { at: last.created_at, id: last.id.0 }.to_string());
    Ok(Page { items, next_cursor })
}

/// A page of the log, without its length.
pub(crate) fn page(
    scope: OrgScope,
    webhook_id: WebhookId,
    state: Option<WebhookDeliveryState>,
    cursor: Option<Place>,
) -> Select<webhook_delivery::Entity> {
    let mut select = of(scope, webhook_id)
        .order_by_desc(webhook_delivery::Column::CreatedAt)
        .order_by_desc(webhook_delivery::Column::Id);
    if let Some(state) = state {
        select = select.filter(webhook_delivery::Column::State.eq(state.as_str()));
    }
    match cursor {
        Some(Place { at, id }) => select.filter(webhook_delivery::Column::CreatedAt.lte(at)).filter(
            Condition::any()
                .add(webhook_delivery::Column::CreatedAt.lt(at))
                .add(webhook_delivery::Column::Id.lt(WebhookDeliveryId(id))),
        ),
        None => select,
    }
}

fn of(scope: OrgScope, webhook_id: WebhookId) -> Select<webhook_delivery::Entity> {
    scope.find::<webhook_delivery::Entity>().filter(webhook_delivery::Column::WebhookId.eq(webhook_id))
}

/// Has a delivery sent again that is over; one that waits is sent at once where it is the first of its conversation. `None` when it is
/// not there.
pub async fn replay<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: WebhookId,
    id: WebhookDeliveryId,
    at: Timestamp,
) -> Result<Option<WebhookDelivery>, StoreError> {
    let Some(found) = contents(conn, scope, webhook_id, id).await? else { return Ok(None) };
    again(conn, scope, &[id]).await?;
    release(
        conn,
        scope,
        Some(webhook_id),
        found.delivery.conversation_id.as_ref().map_or(Held::All, |id| Held::Of(std::slice::from_ref(id))),
        at,
    )
    .await?;
    Ok(contents(conn, scope, webhook_id, id).await?.map(|found| found.delivery))
}

/// Has what has failed since then sent again, the oldest first.
pub async fn replay_failed<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: WebhookId,
    since: Timestamp,
    at: Timestamp,
) -> Result<ReplayedDeliveries, StoreError> {
    let mut ids: Vec<WebhookDeliveryId> = of(scope, webhook_id)
        .filter(webhook_delivery::Column::CreatedAt.gte(since))
        .filter(webhook_delivery::Column::State.eq(WebhookDeliveryState::Failed.as_str()))
        .order_by_asc(webhook_delivery::Column::CreatedAt)
        .order_by_asc(webhook_delivery::Column::EventSeq)
        .limit(limits::WEBHOOK_REPLAYS_MAX.saturating_add(1))
        .select_only()
        .column(webhook_delivery::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    let most = usize::try_from(limits::WEBHOOK_REPLAYS_MAX).unwrap_or(usize::MAX);
    let has_more = ids.len() > most;
    ids.truncate(most);
    if !ids.is_empty() {
        again(conn, scope, &ids).await?;
        release(conn, scope, Some(webhook_id), Held::All, at).await?;
    }
    Ok(ReplayedDeliveries { replayed: u64::try_from(ids.len()).unwrap_or_default(), has_more })
}

async fn again<C: ConnectionTrait>(conn: &C, scope: OrgScope, ids: &[WebhookDeliveryId]) -> Result<(), StoreError> {
    scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::State, WebhookDeliveryState::Waiting.as_str().into())
        .col_expr(webhook_delivery::Column::Tries, 0_i64.into())
        .col_expr(webhook_delivery::Column::DueAt, None::<Timestamp>.into())
        .filter(webhook_delivery::Column::Id.is_in(ids.iter().copied()))
        .exec(conn)
        .await?;
    Ok(())
}

/// What waits behind something earlier.
#[derive(Debug, Clone, Copy)]
pub(super) enum Held<'a> {
    /// Of whatever there is: every row that waits is looked at.
    All,
    /// Of these conversations.
    Of(&'a [ConversationId]),
}

/// Lets the first ones go that wait: of a webhook or of all the organisation's. Those of a webhook that is paused stay.
pub(super) async fn release<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    webhook_id: Option<WebhookId>,
    held: Held<'_>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if matches!(held, Held::Of([])) {
        return Ok(());
    }
    let earlier = Alias::new("earlier");
    let mine = |column| Expr::col((webhook_delivery::Entity, column));
    let is_held = Query::select()
        .expr(Expr::val(1))
        .from_as(webhook_delivery::Entity, earlier.clone())
        .and_where(
            mine(webhook_delivery::Column::WebhookId).equals((earlier.clone(), webhook_delivery::Column::WebhookId)),
        )
        .and_where(
            mine(webhook_delivery::Column::ConversationId)
                .equals((earlier.clone(), webhook_delivery::Column::ConversationId)),
        )
        .and_where(Expr::cust("\"earlier\".\"state\" = 'waiting'"))
        .and_where(
            Expr::col((earlier, webhook_delivery::Column::EventSeq)).lt(mine(webhook_delivery::Column::EventSeq)),
        )
        .to_owned();
    let running = Query::select()
        .column((webhook::Entity, webhook::Column::Id))
        .from(webhook::Entity)
        .and_where(Expr::col((webhook::Entity, webhook::Column::OrgId)).eq(scope.org_id()))
        .and_where(Expr::col((webhook::Entity, webhook::Column::PausedAt)).is_null())
        .to_owned();
    let mut update = scope
        .update::<webhook_delivery::Entity>()
        .col_expr(webhook_delivery::Column::DueAt, Some(at).into())
        .filter(waiting())
        .filter(webhook_delivery::Column::DueAt.is_null())
        .filter(webhook_delivery::Column::WebhookId.in_subquery(running))
        .filter(Expr::exists(is_held).not());
    if let Some(webhook_id) = webhook_id {
        update = update.filter(webhook_delivery::Column::WebhookId.eq(webhook_id));
    }
    if let Held::Of(conversations) = held {
        update = update.filter(webhook_delivery::Column::ConversationId.is_in(conversations.iter().copied()));
    }
    update.exec(conn).await?;
    Ok(())
}

/// Forgets what webhooks were told, or are to be told, of these conversations: all of it, or of messages and notes alone. Nobody must
/// find in the log what was deleted.
pub async fn forget<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversations: &[ConversationId],
    only_said: Option<Timestamp>,
) -> Result<(), StoreError> {
    let of_these = webhook_delivery::Column::ConversationId.is_in(conversations.iter().copied());
    let mut delete = scope.delete::<webhook_delivery::Entity>().filter(of_these);
    if only_said.is_some() {
        delete = delete.filter(webhook_delivery::Column::Kind.is_in(SAID));
    }
    delete.exec(conn).await?;
    if let Some(at) = only_said {
        release(conn, scope, None, Held::Of(conversations), at).await?;
    }
    Ok(())
}

/// Forgets what webhooks were told, or are to be told, by these events of these conversations and by those of none, and lets go what has
/// waited behind it.
pub async fn forget_events<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversations: &[ConversationId],
    seqs: &[i64],
    at: Timestamp,
) -> Result<(), StoreError> {
    if seqs.is_empty() {
        return Ok(());
    }
    let delete = || {
        let delete = scope.delete::<webhook_delivery::Entity>();
        delete.filter(webhook_delivery::Column::EventSeq.is_in(seqs.iter().copied()))
    };
    delete().filter(webhook_delivery::Column::ConversationId.is_null()).exec(conn).await?;
    if conversations.is_empty() {
        return Ok(());
    }
    let beside = webhook_delivery::Column::ConversationId.is_in(conversations.iter().copied());
    delete().filter(beside).exec(conn).await?;
    release(conn, scope, None, Held::Of(conversations), at).await
}

/// The kinds of events that tell what somebody said.
pub(super) const SAID: [&str; 2] = ["message_created", "note_created"];
