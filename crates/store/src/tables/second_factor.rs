//! `second_factor`: the secret that an agent's authenticator app shares with us.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    pub org_id: OrgId,
    /// Sealed.
    pub secret: String,
    /// The newest step whose code was used.
    pub last_step: i64,
    pub created_at: Timestamp,
    /// Absent until a code has confirmed it.
    pub confirmed_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
