//! `organisation`: the tenants.

use sea_orm::entity::prelude::*;
use types::id::OrgId;
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrgId,
    pub name: String,
    /// The newest event's place in the ledger.
    pub last_event_seq: i64,
    pub last_contact_number: i64,
    /// The largest file in megabytes; 0 where only the installation's limit holds.
    pub max_file_megabytes: i32,
    pub created_at: Timestamp,
    /// Counts the changes of the tree of channels.
    pub channel_tree_revision: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
