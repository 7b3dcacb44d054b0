//! `session`: signed-in devices.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, OrgId, SessionId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    pub refresh_hash: String,
    /// The refresh token before the last rotation: its reuse betrays a copy.
    pub previous_hash: Option<String>,
    pub rotated_at: Option<Timestamp>,
    pub user_agent: String,
    pub ip: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    /// The admin who looks at the agent's console by it, if it is no session of the agent's own; and the session of theirs.
    pub viewed_by: Option<AgentId>,
    pub viewed_from: Option<SessionId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::agent::Entity", from = "Column::AgentId", to = "super::agent::Column::Id")]
    Agent,
}

impl Related<super::agent::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Agent.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
