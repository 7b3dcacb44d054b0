//! `contact_import_part`: some rows of a table that is imported; of those that are done only the failed ones stay.

use sea_orm::entity::prelude::*;
use types::id::{ContactImportId, OrgId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_import_part")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ContactImportId,
    /// Which part, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i64,
    pub org_id: OrgId,
    /// JSON of `store::contact_imports::ImportRow`s.
    pub content: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
