//! `contact_tag`: which contacts have a tag. The contact's row names them too.

use sea_orm::entity::prelude::*;
use types::id::{ContactId, OrgId, TagId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_tag")]
pub struct Model {
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: TagId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: ContactId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
