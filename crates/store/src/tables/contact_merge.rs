//! `contact_merge`: two contacts who were merged, for as long as that was not undone.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ContactId, ContactMergeId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_merge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactMergeId,
    pub org_id: OrgId,
    pub survivor_id: ContactId,
    pub merged_id: ContactId,
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// JSON of `store::merging`'s `Kept`.
    pub kept: String,
    pub merged_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
