//! Verification codes. They belong to nobody: a number asks for one before there is an organisation.

use crate::error::StoreError;
use crate::scope::{NoTenant, before_tenant};
use crate::tables::verification_code;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set, sea_query::Expr,
};
use types::time::Timestamp;
use uuid::Uuid;

/// Codes are kept this long: the caps count the sends of a day.
const KEEP_SECONDS: i64 = 2 * 24 * 3600;

/// A code that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// Its id.
    pub id: Uuid,
    /// To which number.
    pub mobile: String,
    /// From which address it was asked for.
    pub ip: String,
    /// The code's hash.
    pub code_hash: String,
    /// The time.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// A code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its id.
    pub id: Uuid,
    /// The code's hash.
    pub code_hash: String,
    /// How often somebody has tried it.
    pub tries: i32,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}

/// What was sent in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// How many codes.
    pub count: u64,
    /// When the first of them was sent: the cap loosens when it leaves the stretch.
    pub oldest: Option<Timestamp>,
    /// When the last of them was sent.
    pub newest: Option<Timestamp>,
}

/// Remembers a code, and forgets those that nobody counts any more.
pub async fn insert<C: ConnectionTrait>(conn: &C, new: NewCode) -> Result<(), StoreError> {
    verification_code::Entity::delete_any()
        .filter(verification_code::Column::CreatedAt.lt(new.at.plus_seconds(-KEEP_SECONDS)))
        .exec(conn)
        .await?;
    let row = verification_code::ActiveModel {
        id: Set(new.id),
        mobile: Set(new.mobile),
        ip: Set(new.ip),
        code_hash: Set(new.code_hash),
        tries: Set(0),
        created_at: Set(new.at),
        expires_at: Set(new.expires_at),
        consumed_at: Set(None),
    };
    verification_code::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// What was sent to a number after a point in time.
pub async fn sent_since<C: ConnectionTrait>(conn: &C, mobile: &str, since: Timestamp) -> Result<Sent, StoreError> {
    sent(conn, verification_code::Column::Mobile, mobile, since).await
}

/// What was sent at an address's request after a point in time.
pub async fn sent_since_by_ip<C: ConnectionTrait>(conn: &C, ip: &str, since: Timestamp) -> Result<Sent, StoreError> {
    sent(conn, verification_code::Column::Ip, ip, since).await
}

async fn sent<C: ConnectionTrait>(
    conn: &C,
    column: verification_code::Column,
    value: &str,
    since: Timestamp,
) -> Result<Sent, StoreError> {
    let row: Option<(i64, Option<Timestamp>, Option<Timestamp>)> = before_tenant::<verification_code::Entity>()
        .filter(column.eq(value))
        .filter(verification_code::Column::CreatedAt.gt(since))
        .select_only()
        .column_as(verification_code::Column::Id.count(), "count")
        .column_as(verification_code::Column::CreatedAt.min(), "oldest")
        .column_as(verification_code::Column::CreatedAt.max(), "newest")
        .into_tuple()
        .one(conn)
        .await?;
    let (count, oldest, newest) = row.unwrap_or_default();
    Ok(Sent { count: u64::try_from(count).unwrap_or_default(), oldest, newest })
}

/// The newest code of a number, good or not: an older one is no longer good.
pub async fn newest<C: ConnectionTrait>(conn: &C, mobile: &str) -> Result<Option<Code>, StoreError> {
    let row = before_tenant::<verification_code::Entity>()
        .filter(verification_code::Column::Mobile.eq(mobile))
        .order_by_desc(verification_code::Column::CreatedAt)
        .order_by_desc(verification_code::Column::Id)
        .one(conn)
        .await?;
    Ok(row.map(|row| Code {
        id: row.id,
        code_hash: row.code_hash,
        tries: row.tries,
        created_at: row.created_at,
        expires_at: row.expires_at,
        consumed_at: row.consumed_at,
    }))
}

/// Counts a try, before the code is compared. `false`: no try is left, or the code was used.
pub async fn count_try<C: ConnectionTrait>(conn: &C, id: Uuid, max: i32) -> Result<bool, StoreError> {
    let updated = verification_code::Entity::update_any()
        .col_expr(verification_code::Column::Tries, Expr::col(verification_code::Column::Tries).add(1))
        .filter(verification_code::Column::Id.eq(id))
        .filter(verification_code::Column::Tries.lt(max))
        .filter(verification_code::Column::ConsumedAt.is_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Uses the code up. `false`: somebody has used it already.
pub async fn consume<C: ConnectionTrait>(conn: &C, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
    let updated = verification_code::Entity::update_any()
        .col_expr(verification_code::Column::ConsumedAt, at.into())
        .filter(verification_code::Column::Id.eq(id))
        .filter(verification_code::Column::ConsumedAt.is_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}
