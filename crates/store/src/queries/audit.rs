//! The audit log: entries are added by the write that they tell of, and never changed.

use crate::error::StoreError;
use crate::queries::place::Place;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::audit_entry;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::audit::{AuditAction, AuditEntry};
use types::id::{AgentId, AuditId, OrgId};
use types::limits;
use types::page::Page;
use types::time::Timestamp;

/// Who does something that is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auditor {
    /// The new entry's id.
    pub id: AuditId,
    /// The agent.
    pub agent_id: AgentId,
    /// Their name now.
    pub agent_name: String,
    /// The time.
    pub at: Timestamp,
}

/// Adds an entry.
pub async fn add<C: ConnectionTrait>(
    conn: &C,
    org_id: OrgId,
    auditor: Auditor,
    action: &AuditAction,
) -> Result<(), StoreError> {
    let row = audit_entry::ActiveModel {
        id: Set(auditor.id),
        org_id: Set(org_id),
        agent_id: Set(auditor.agent_id),
        agent_name: Set(auditor.agent_name),
        payload: Set(sql::to_json(action)?),
        created_at: Set(auditor.at),
    };
    audit_entry::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// A page of the log, newest first.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    cursor: Option<Place>,
    limit: u16,
) -> Result<Page<AuditEntry>, StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let rows = page(scope, cursor).limit(u64::from(limit) + 1).all(conn).await?;
    let more = rows.len() > usize::from(limit);
    let entry = |row: audit_entry::Model| {
        Ok::<_, StoreError>(AuditEntry {
            id: row.id,
            agent_id: row.agent_id,
            agent_name: row.agent_name,
            action: sql::from_json(&row.payload, "audit_entry.payload")?,
            created_at: row.created_at,
        })
    };
    let items = rows.into_iter().take(usize::from(limit)).map(entry).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| more);
    let next_cursor = next.map(|last| Place { at: last.created_at, id: last.id.0 }.to_string());
    Ok(Page { items, next_cursor })
}

/// A page of the log, without its length.
pub(crate) fn page(scope: OrgScope, cursor: Option<Place>) -> Select<audit_entry::Entity> {
    let select = scope
        .find::<audit_entry::Entity>()
        .order_by_desc(audit_entry::Column::CreatedAt)
        .order_by_desc(audit_entry::Column::Id);
    match cursor {
        Some(Place { at, id }) => select.filter(audit_entry::Column::CreatedAt.lte(at)).filter(
            Condition::any().add(audit_entry::Column::CreatedAt.lt(at)).add(audit_entry::Column::Id.lt(AuditId(id))),
        ),
        None => select,
    }
}
