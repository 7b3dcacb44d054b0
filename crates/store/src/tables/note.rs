//! `note`: internal notes, which agents see and nobody else.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, ConversationId, Nonce, NoteId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    pub org_id: OrgId,
    pub conversation_id: ConversationId,
    /// Its place among the conversation's notes.
    pub number: i64,
    /// The newest message when it was written.
    pub after_seq: i64,
    pub author_id: AgentId,
    pub author_name: String,
    pub nonce: Nonce,
    pub text: String,
    /// Whether it was whispered to whoever had the conversation.
    pub whisper: bool,
    /// JSON of the mentioned agents' ids.
    pub mentions: String,
    /// JSON of who joined or left; empty for what somebody wrote.
    pub member_change: String,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
