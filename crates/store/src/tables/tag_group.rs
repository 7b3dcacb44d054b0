//! `tag_group`: groups of tags.

use sea_orm::entity::prelude::*;
use types::id::{OrgId, TagGroupId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag_group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TagGroupId,
    pub org_id: OrgId,
    pub name: String,
    /// The name as it is compared with others.
    pub name_key: String,
    pub single_choice: bool,
    /// Its place among the groups, with gaps.
    pub rank: i64,
    /// Counts the changes of the group and of its tags.
    pub version: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
