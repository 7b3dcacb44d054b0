//! `tagging`: tags that many contacts are given, step by step.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, OrgId, TaggingId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tagging")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaggingId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    /// Whether it may find contacts by their phone numbers.
    pub sees_details: bool,
    pub state: String,
    /// The tags, as `store::tags` reads them.
    pub tags: String,
    /// JSON of the contacts that were named.
    pub contact_ids: Option<String>,
    /// JSON of `types::contact_list::ContactFilter`, where none were named.
    pub filter: Option<String>,
    /// How far it has come: so many of the named, or the contact's number.
    pub place: i64,
    /// How far it goes.
    pub until: i64,
    pub tagged: i64,
    pub unchanged: i64,
    pub no_room: i64,
    pub missing: i64,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
