//! `channel`: the places where customers write.

use sea_orm::entity::prelude::*;
use types::id::{ChannelId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    pub org_id: OrgId,
    pub kind: String,
    pub key: String,
    pub name: String,
    pub introduction: String,
    pub alert: bool,
    pub enabled: bool,
    /// Whether agents see what a visitor writes before it is sent.
    pub unsent_preview: bool,
    /// Of the largest file; 0: as the installation allows.
    pub max_file_megabytes: i32,
    /// JSON of `types::channels::ChannelStyle`.
    pub style: String,
    pub style_revision: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// From then on nothing of the channel is to be seen, and its rows wait to be purged.
    pub deleted_at: Option<Timestamp>,
    /// Whether conversations wait until somebody takes them over.
    pub assigns_by_hand: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
