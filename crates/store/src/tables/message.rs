//! `message`.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ConversationId, MessageId, Nonce, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub org_id: OrgId,
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub author_kind: String,
    pub author_id: Option<AgentId>,
    pub author_name: Option<String>,
    /// Whose nonce it is: the agent, the contact, or of an automatic message the organisation.
    pub sender: Uuid,
    pub nonce: Nonce,
    /// JSON of `types::messages::Content`.
    pub content: String,
    /// How many of the messages up to and including this one are the visitor's.
    pub inbound_count: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
