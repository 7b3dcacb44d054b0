//! `style_version`: the published styles of channels.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ChannelId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "style_version")]
pub struct Model {
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: ChannelId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    /// JSON of `types::channels::ChannelStyle`.
    pub style: String,
    /// None: it was published before versions were kept.
    pub published_by: Option<AgentId>,
    /// The publisher's name at the time.
    pub publisher_name: String,
    /// The version that was published anew by it.
    pub restored_from: Option<i32>,
    pub published_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
