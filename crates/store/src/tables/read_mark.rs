//! `read_mark`: an agent's own view of a conversation: up to where they have read it, and what they have set of it.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ConversationId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_mark")]
pub struct Model {
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub agent_id: AgentId,
    pub seq: i64,
    /// How many visitor's messages there are up to `seq`: the unread ones are the conversation's count less this.
    pub inbound_count: i64,
    pub updated_at: Timestamp,
    /// Since when they keep it at the top of their list.
    pub pinned_at: Option<Timestamp>,
    /// They want no notification of it.
    pub muted: bool,
    /// They have marked it unread themselves.
    pub marked_unread: bool,
    /// A note mentions them which they have not looked at.
    pub mentioned: bool,
    /// Counts the changes of these four.
    pub personal_revision: i64,
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

impl Related<super::conversation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Conversation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
