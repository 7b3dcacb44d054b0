//! `push_subscription`: how an agent is reached in a browser whose console is closed; one per sign-in.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, OrgId, SessionId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "push_subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: SessionId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    /// The push service's address for the browser, sealed by the server: whoever has it can reach the browser.
    pub endpoint: String,
    /// SHA-256 of it, in hex.
    pub endpoint_hash: String,
    /// The browser's public key in base64url, and the secret that it shares with us, sealed by the server.
    pub p256dh: String,
    pub auth: String,
    pub language: String,
    /// Quiet hours in minutes of the browser's day, both or neither.
    pub quiet_from: Option<i64>,
    pub quiet_to: Option<i64>,
    pub mine_only: bool,
    pub utc_offset_minutes: i64,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::session::Entity", from = "Column::SessionId", to = "super::session::Column::Id")]
    Session,
    #[sea_orm(belongs_to = "super::agent::Entity", from = "Column::AgentId", to = "super::agent::Column::Id")]
    Agent,
}

impl ActiveModelBehavior for ActiveModel {}
