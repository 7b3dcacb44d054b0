//! What was answered to requests that may be repeated.

use crate::error::StoreError;
use crate::scope::{OrgScope, before_tenant};
use crate::tables::idempotency_key;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set};
use types::id::OrgId;
use types::time::Timestamp;
use uuid::Uuid;

/// For how many seconds an answer is kept: a day.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// A request with a key, as it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Who asks.
    pub caller_id: Uuid,
    /// Hash of the key.
    pub key_hash: String,
    /// Hash of the request.
    pub request_hash: String,
}

/// Whether a request is the first with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is: it is to be answered.
    First,
    /// It was answered before: the status and the body.
    Answered(u16, String),
    /// The first one is not answered yet, or nobody knows how.
    InProgress,
    /// The key was used for another request.
    Another,
}

/// Begins to answer a request, unless one with its key has been begun within a day.
pub async fn begin<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    keyed: &Keyed,
    at: Timestamp,
) -> Result<Begun, StoreError> {
    let own = |keyed: &Keyed| {
        idempotency_key::Column::CallerId.eq(keyed.caller_id).and(idempotency_key::Column::KeyHash.eq(&keyed.key_hash))
    };
    scope
        .delete::<idempotency_key::Entity>()
        .filter(own(keyed))
        .filter(idempotency_key::Column::CreatedAt.lt(at.plus_seconds(-KEPT_SECONDS)))
        .exec(conn)
        .await?;
    let row = idempotency_key::ActiveModel {
        org_id: Set(scope.org_id()),
        caller_id: Set(keyed.caller_id),
        key_hash: Set(keyed.key_hash.clone()),
        request_hash: Set(keyed.request_hash.clone()),
        status: Set(0),
        body: Set(String::new()),
        created_at: Set(at),
    };
    let mut unless_there = OnConflict::columns([idempotency_key::Column::CallerId, idempotency_key::Column::KeyHash]);
    unless_there.do_nothing();
    let inserted = idempotency_key::Entity::insert(row).on_conflict(unless_there).exec_without_returning(conn).await;
    match inserted {
        Ok(0) | Err(sea_orm::DbErr::RecordNotInserted) => {}
        Ok(_) => return Ok(Begun::First),
        Err(error) => return Err(error.into()),
    }
    let found = scope.find::<idempotency_key::Entity>().filter(own(keyed)).one(conn).await?;
    let row = found.ok_or(StoreError::NotFound)?;
    if row.request_hash != keyed.request_hash {
        return Ok(Begun::Another);
    }
    match u16::try_from(row.status) {
        Ok(status) if status > 0 => Ok(Begun::Answered(status, row.body)),
        _ => Ok(Begun::InProgress),
    }
}

/// Keeps the answer of a request that was begun.
pub async fn answer<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    keyed: &Keyed,
    status: u16,
    body: String,
) -> Result<(), StoreError> {
    scope
        .update::<idempotency_key::Entity>()
        .col_expr(idempotency_key::Column::Status, i64::from(status).into())
        .col_expr(idempotency_key::Column::Body, body.into())
        .filter(idempotency_key::Column::CallerId.eq(keyed.caller_id))
        .filter(idempotency_key::Column::KeyHash.eq(&keyed.key_hash))
        .exec(conn)
        .await?;
    Ok(())
}

/// Nothing came of a request that was begun: its key is free again.
pub async fn release<C: ConnectionTrait>(conn: &C, scope: OrgScope, keyed: &Keyed) -> Result<(), StoreError> {
    scope
        .delete::<idempotency_key::Entity>()
        .filter(idempotency_key::Column::CallerId.eq(keyed.caller_id))
        .filter(idempotency_key::Column::KeyHash.eq(&keyed.key_hash))
        .exec(conn)
        .await?;
    Ok(())
}

/// The organisations that have answers older than a day.
pub async fn overdue<C: ConnectionTrait>(conn: &C, now: Timestamp) -> Result<Vec<OrgId>, StoreError> {
    Ok(before_tenant::<idempotency_key::Entity>()
        .filter(idempotency_key::Column::CreatedAt.lt(now.plus_seconds(-KEPT_SECONDS)))
        .select_only()
        .column(idempotency_key::Column::OrgId)
        .distinct()
        .into_tuple()
        .all(conn)
        .await?)
}

/// Forgets an organisation's answers that are older than a day.
pub async fn forget<C: ConnectionTrait>(conn: &C, scope: OrgScope, now: Timestamp) -> Result<(), StoreError> {
    scope
        .delete::<idempotency_key::Entity>()
        .filter(idempotency_key::Column::CreatedAt.lt(now.plus_seconds(-KEPT_SECONDS)))
        .exec(conn)
        .await?;
    Ok(())
}
