//! Organisations.

use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, channel, organisation};
use crate::write::Tx;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;
use types::audit::AuditAction;
use types::id::OrgId;
use types::time::Timestamp;

/// An organisation to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrganisation {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// The time.
    pub at: Timestamp,
}

/// Makes an organisation with an empty ledger.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewOrganisation) -> Result<(), StoreError> {
    let row = organisation::ActiveModel {
        id: Set(new.id),
        name: Set(new.name),
        last_event_seq: Set(0),
        last_contact_number: Set(0),
        max_file_megabytes: Set(0),
        created_at: Set(new.at),
        channel_tree_revision: Set(0),
    };
    organisation::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// What the organisation is called.
pub async fn name<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<String, StoreError> {
    let row = scope.find::<organisation::Entity>().one(conn).await?;
    row.map(|row| row.name).ok_or(StoreError::NotFound)
}

/// The largest file in its channels in megabytes; 0 where only the installation's limit holds.
pub async fn file_limit<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<u16, StoreError> {
    let found: Option<i32> = scope
        .find::<organisation::Entity>()
        .select_only()
        .column(organisation::Column::MaxFileMegabytes)
        .into_tuple()
        .one(conn)
        .await?;
    let megabytes = u16::try_from(found.ok_or(StoreError::NotFound)?);
    megabytes.ok().ok_or(StoreError::Corrupt { what: "organisation.max_file_megabytes" })
}

/// Sets the largest file in its channels; the audit log has it. Where it is that already nothing is written.
pub async fn set_file_limit(tx: &Tx, scope: OrgScope, megabytes: u16, auditor: Auditor) -> Result<(), StoreError> {
    let before = file_limit(tx.conn(), scope).await?;
    if before == megabytes {
        return Ok(());
    }
    scope
        .update::<organisation::Entity>()
        .col_expr(organisation::Column::MaxFileMegabytes, i32::from(megabytes).into())
        .exec(tx.conn())
        .await?;
    let action = AuditAction::FileLimitSet { max_megabytes: megabytes, before: Some(before) };
    audit::add(tx.conn(), scope.org_id(), auditor, &action).await
}

/// An organisation as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationSummary {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// When it registered.
    pub created_at: Timestamp,
    /// How many people can sign in.
    pub agents: i64,
    /// How many channels it has.
    pub channels: i64,
    /// How many customers have ever written.
    pub contacts: i64,
}

/// Every organisation, oldest first: for the operator's command line.
pub async fn list_all<C: ConnectionTrait>(conn: &C) -> Result<Vec<OrganisationSummary>, StoreError> {
    let agents: Vec<(OrgId, i64)> = before_tenant::<agent::Entity>()
        .filter(agent::Column::DisabledAt.is_null())
        .select_only()
        .column(agent::Column::OrgId)
        .column_as(Expr::col(agent::Column::Id).count(), "agents")
        .group_by(agent::Column::OrgId)
        .into_tuple()
        .all(conn)
        .await?;
    let channels: Vec<(OrgId, i64)> = before_tenant::<channel::Entity>()
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .column(channel::Column::OrgId)
        .column_as(Expr::col(channel::Column::Id).count(), "channels")
        .group_by(channel::Column::OrgId)
        .into_tuple()
        .all(conn)
        .await?;
    let (agents, channels): (HashMap<_, _>, HashMap<_, _>) =
        (agents.into_iter().collect(), channels.into_iter().collect());
    let rows = before_tenant::<organisation::Entity>()
        .order_by_asc(organisation::Column::CreatedAt)
        .order_by_asc(organisation::Column::Id)
        .all(conn)
        .await?;
    let summary = |row: organisation::Model| OrganisationSummary {
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        agents: agents.get(&row.id).copied().unwrap_or(0),
        channels: channels.get(&row.id).copied().unwrap_or(0),
        contacts: row.last_contact_number,
    };
    Ok(rows.into_iter().map(summary).collect())
}
