//! `channel_identity`: the secret by which the company's own server proves who a channel's visitors are.

use sea_orm::entity::prelude::*;
use types::id::{ChannelId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: ChannelId,
    pub org_id: OrgId,
    /// Sealed.
    pub secret: String,
    pub secret_since: Timestamp,
    /// The one before, sealed; good until then.
    pub previous: Option<String>,
    pub previous_until: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
