//! `agent_group_member`: which agents are in which groups.

use sea_orm::entity::prelude::*;
use types::id::{AgentGroupId, AgentId, OrgId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent_group_member")]
pub struct Model {
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: AgentGroupId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
