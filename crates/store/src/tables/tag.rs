//! `tag`: what contacts are marked with.

use sea_orm::entity::prelude::*;
use types::id::{OrgId, TagGroupId, TagId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TagId,
    pub org_id: OrgId,
    /// Absent once it is deleted: from then on it is being taken off its contacts.
    pub group_id: Option<TagGroupId>,
    pub name: String,
    /// The name as it is compared with others.
    pub name_key: String,
    pub color: String,
    /// Its place in the group, from 0.
    pub place: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
