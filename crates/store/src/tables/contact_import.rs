//! `contact_import`: tables of contacts that are imported, step by step.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ContactImportId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactImportId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    pub state: String,
    /// JSON of the table's head.
    pub head: String,
    /// JSON of its first rows, with long cells cut.
    pub sample: String,
    /// JSON of what the columns seem to be.
    pub suggested: String,
    /// JSON of `types::contact_imports::BeginContactImport`, once it was begun.
    pub request: Option<String>,
    /// How many rows it has.
    pub row_count: i64,
    /// How many parts of it are done.
    pub place: i64,
    /// How many parts it has.
    pub until: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub failed: i64,
    /// JSON of the first faults.
    pub faults: String,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
