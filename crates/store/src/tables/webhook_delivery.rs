//! `webhook_delivery`: something that a webhook is told: the queue of what is to be sent, and the log of what was.

use sea_orm::entity::prelude::*;
use types::id::{ConversationId, OrgId, WebhookDeliveryId, WebhookId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    pub org_id: OrgId,
    pub webhook_id: WebhookId,
    pub event_seq: i64,
    pub kind: String,
    /// No foreign key: that a conversation is gone is told as well.
    pub conversation_id: Option<ConversationId>,
    pub body: String,
    pub state: String,
    /// All attempts: who has sent it tells by this number that nobody has since.
    pub attempts: i64,
    pub tries: i64,
    /// When it is sent; while it is being sent, when somebody else may.
    pub due_at: Option<Timestamp>,
    pub status: Option<i64>,
    pub failure: Option<String>,
    pub answer: Option<String>,
    pub duration_millis: Option<i64>,
    pub attempted_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::webhook::Entity", from = "Column::WebhookId", to = "super::webhook::Column::Id")]
    Webhook,
}

impl ActiveModelBehavior for ActiveModel {}
