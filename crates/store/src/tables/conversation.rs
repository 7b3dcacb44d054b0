//! `conversation`: one per visitor and channel, with everything that its row in the list shows.

use sea_orm::entity::prelude::*;
use types::id::{AgentGroupId, AgentId, ChannelId, ContactId, ConversationId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub org_id: OrgId,
    pub channel_id: ChannelId,
    /// The visitor whose it is.
    pub contact_id: ContactId,
    pub assignee_id: Option<AgentId>,
    pub last_seq: i64,
    /// How many messages are the visitor's.
    pub inbound_count: i64,
    pub waiting_since: Option<Timestamp>,
    pub agents_read_seq: i64,
    pub visitor_read_seq: i64,
    /// How many agents' messages there are up to `visitor_read_seq`.
    pub visitor_read_outbound: i64,
    /// JSON of `types::conversations::MessagePreview`.
    pub last_message: Option<String>,
    pub last_activity_at: Timestamp,
    pub created_at: Timestamp,
    /// A copy of the contact's: whether nothing is received from them, and nobody lists it.
    pub blocked: bool,
    /// Up to which message the history was cleared, and how many messages up to there were the visitor's.
    pub cleared_seq: i64,
    pub cleared_inbound: i64,
    /// Where the ledger was then: what it told of messages up to there was cleared with them.
    pub cleared_event_seq: i64,
    /// Up to which message the cleared ones' rows are gone.
    pub purged_seq: i64,
    /// Who takes part besides the assignee, as `store::members` reads it.
    pub members: String,
    /// Counts the changes of `members`.
    pub members_version: i64,
    /// How many messages were recalled.
    pub recalls: i64,
    /// How many internal notes were written.
    pub notes: i64,
    /// Up to which number they were cleared.
    pub cleared_notes: i64,
    /// Since when it is closed.
    pub closed_at: Option<Timestamp>,
    /// Since when it waits in the queue: then it is open and nobody's.
    pub queued_at: Option<Timestamp>,
    /// Until when it is put off: then it is open and somebody's.
    pub snoozed_until: Option<Timestamp>,
    /// Whose it was last.
    pub last_assignee_id: Option<AgentId>,
    /// The group that it was handed on to.
    pub wanted_group_id: Option<AgentGroupId>,
    /// JSON of `types::assignment::Assignment`.
    pub assignment: Option<String>,
    /// The contact whom agents see: the visitor, or into whom they were merged.
    pub person_id: ContactId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::channel::Entity", from = "Column::ChannelId", to = "super::channel::Column::Id")]
    Channel,
    #[sea_orm(belongs_to = "super::contact::Entity", from = "Column::PersonId", to = "super::contact::Column::Id")]
    Contact,
    #[sea_orm(has_many = "super::read_mark::Entity")]
    ReadMark,
    #[sea_orm(has_many = "super::conversation_member::Entity")]
    Member,
}

impl Related<super::contact::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contact.def()
    }
}

impl Related<super::read_mark::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ReadMark.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
