//! Second factors: the secret of an authenticator app, and recovery codes.

use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::tables::{recovery_code, second_factor};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Set};
use std::collections::HashSet;
use types::id::AgentId;
use types::time::Timestamp;
use uuid::Uuid;

/// An agent's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorRow {
    /// The secret, sealed.
    pub secret: String,
    /// The newest step whose code was used.
    pub last_step: i64,
    /// Since when it is asked for; absent until a code has confirmed it.
    pub confirmed_at: Option<Timestamp>,
}

/// A recovery code to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecoveryCode {
    /// Its id.
    pub id: Uuid,
    /// The code's hash.
    pub code_hash: String,
}

/// The agent's second factor, confirmed or not.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<Option<SecondFactorRow>, StoreError> {
    let row =
        scope.find::<second_factor::Entity>().filter(second_factor::Column::AgentId.eq(agent_id)).one(conn).await?;
    Ok(row.map(|row| SecondFactorRow { secret: row.secret, last_step: row.last_step, confirmed_at: row.confirmed_at }))
}

/// Which of these agents have one that is on.
pub async fn of_agents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_ids: &[AgentId],
) -> Result<HashSet<AgentId>, StoreError> {
    if agent_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = scope
        .find::<second_factor::Entity>()
        .filter(second_factor::Column::AgentId.is_in(agent_ids.iter().copied()))
        .filter(second_factor::Column::ConfirmedAt.is_not_null())
        .select_only()
        .column(second_factor::Column::AgentId);
    Ok(rows.into_tuple().all(conn).await?.into_iter().collect())
}

/// Keeps a secret that is yet to be confirmed, in the place of an earlier one of the kind. `false`: there is one that is on.
pub async fn begin<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    secret: String,
    at: Timestamp,
) -> Result<bool, StoreError> {
    scope
        .delete::<second_factor::Entity>()
        .filter(second_factor::Column::AgentId.eq(agent_id))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(conn)
        .await?;
    if get(conn, scope, agent_id).await?.is_some() {
        return Ok(false);
    }
    let row = second_factor::ActiveModel {
        agent_id: Set(agent_id),
        org_id: Set(scope.org_id()),
        secret: Set(secret),
        last_step: Set(0),
        created_at: Set(at),
        confirmed_at: Set(None),
    };
    second_factor::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(true)
}

/// Turns it on with the code of `step`. `false`: it is on already, or it is not this secret any more.
pub async fn confirm<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    secret: &str,
    step: i64,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<second_factor::Entity>()
        .col_expr(second_factor::Column::ConfirmedAt, at.into())
        .col_expr(second_factor::Column::LastStep, step.into())
        .filter(second_factor::Column::AgentId.eq(agent_id))
        .filter(second_factor::Column::Secret.eq(secret))
        .filter(second_factor::Column::ConfirmedAt.is_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Uses up the code of `step`, and keeps the secret as it is sealed now. `false`: that code or a later one was used, or the
/// second factor is off.
pub async fn use_step<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    step: i64,
    (secret, resealed): (&str, &str),
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<second_factor::Entity>()
        .col_expr(second_factor::Column::LastStep, step.into())
        .col_expr(second_factor::Column::Secret, resealed.into())
        .filter(second_factor::Column::AgentId.eq(agent_id))
        .filter(second_factor::Column::Secret.eq(secret))
        .filter(second_factor::Column::LastStep.lt(step))
        .filter(second_factor::Column::ConfirmedAt.is_not_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Gives the agent these recovery codes, and takes those before away.
pub async fn set_recovery_codes<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    codes: Vec<NewRecoveryCode>,
    at: Timestamp,
) -> Result<(), StoreError> {
    remove_recovery_codes(conn, scope, agent_id).await?;
    let rows = codes.into_iter().map(|code| recovery_code::ActiveModel {
        id: Set(code.id),
        org_id: Set(scope.org_id()),
        agent_id: Set(agent_id),
        code_hash: Set(code.code_hash),
        created_at: Set(at),
        used_at: Set(None),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

/// Uses up a recovery code. `false`: the agent has no such code, or has used it.
pub async fn use_recovery_code<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    code_hash: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<recovery_code::Entity>()
        .col_expr(recovery_code::Column::UsedAt, at.into())
        .filter(recovery_code::Column::AgentId.eq(agent_id))
        .filter(recovery_code::Column::CodeHash.eq(code_hash))
        .filter(recovery_code::Column::UsedAt.is_null())
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// How many recovery codes the agent has not used.
pub async fn recovery_codes_left<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<u64, StoreError> {
    Ok(scope
        .find::<recovery_code::Entity>()
        .filter(recovery_code::Column::AgentId.eq(agent_id))
        .filter(recovery_code::Column::UsedAt.is_null())
        .count(conn)
        .await?)
}

/// Takes the second factor off with its recovery codes. `false`: there was none that was on.
pub async fn remove<C: ConnectionTrait>(conn: &C, scope: OrgScope, agent_id: AgentId) -> Result<bool, StoreError> {
    let was_on = get(conn, scope, agent_id).await?.is_some_and(|row| row.confirmed_at.is_some());
    remove_recovery_codes(conn, scope, agent_id).await?;
    scope.delete::<second_factor::Entity>().filter(second_factor::Column::AgentId.eq(agent_id)).exec(conn).await?;
    Ok(was_on)
}

async fn remove_recovery_codes<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<(), StoreError> {
    scope.delete::<recovery_code::Entity>().filter(recovery_code::Column::AgentId.eq(agent_id)).exec(conn).await?;
    Ok(())
}
