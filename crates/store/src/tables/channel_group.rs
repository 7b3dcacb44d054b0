//! `channel_group`: groups of channels in the tree.

use sea_orm::entity::prelude::*;
use types::id::{ChannelGroupId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelGroupId,
    pub org_id: OrgId,
    pub name: String,
    /// The name as it is compared with others.
    pub name_key: String,
    /// Its place among the groups; of two at the same place the older one stands first.
    pub place: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
