//! `custom_field_list`: an organisation's custom fields.

use sea_orm::entity::prelude::*;
use types::id::OrgId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "custom_field_list")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    /// Counts the changes.
    pub version: i64,
    /// JSON of `types::custom_fields::CustomField`s, in their order.
    pub fields: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
