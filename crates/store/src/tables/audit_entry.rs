//! `audit_entry`: the audit log.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, AuditId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// JSON of `types::audit::AuditAction`.
    pub payload: String,
    pub created_at: Timestamp,
    /// The name of its kind; absent where a server of the release before wrote it while both ran, as the next two.
    pub action: Option<String>,
    /// The group of its kind.
    pub area: Option<String>,
    /// What it was done to.
    pub subject_id: Option<Uuid>,
    /// Where it came from.
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    /// JSON of `types::audit::AuditToken`, where a program did it.
    pub token: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
