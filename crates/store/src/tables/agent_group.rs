//! `agent_group`: groups of agents. Channels name those that serve them.

use sea_orm::entity::prelude::*;
use types::id::{AgentGroupId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgentGroupId,
    pub org_id: OrgId,
    pub name: String,
    /// Its place among the groups, from 0.
    pub position: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
