//! `event`: the ledger.

use sea_orm::entity::prelude::*;
use types::id::{ConversationId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub conversation_id: Option<ConversationId>,
    pub kind: String,
    /// Compact text of `audience::Actor`.
    pub actor: String,
    /// Compact text of `audience::Audience`, so that SQL can filter by it.
    pub audience: String,
    /// JSON of `types::events::Event`, byte for byte as it was broadcast.
    pub payload: String,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::conversation::Entity",
        from = "Column::ConversationId",
        to = "super::conversation::Column::Id"
    )]
    Conversation,
}

impl ActiveModelBehavior for ActiveModel {}
