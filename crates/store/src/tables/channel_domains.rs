//! `channel_domains`: the sites on whose pages a channel's chat may stand.

use sea_orm::entity::prelude::*;
use types::id::{ChannelId, OrgId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_domains")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: ChannelId,
    pub org_id: OrgId,
    /// JSON: a list of hosts.
    pub items: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
