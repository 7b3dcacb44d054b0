//! `api_token`: what programs call the API with. Each has a session of the agent that it acts as, which ends with it.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ApiTokenId, OrgId, SessionId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiTokenId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    pub session_id: SessionId,
    pub name: String,
    pub prefix: String,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// The scopes, with a space between.
    pub scopes: String,
    pub created_by: AgentId,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::session::Entity", from = "Column::SessionId", to = "super::session::Column::Id")]
    Session,
}

impl Related<super::session::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Session.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
