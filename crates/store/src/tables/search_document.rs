//! `search_document`: what is in the index, and what it is made of. On PostgreSQL its terms stand in a column that is only
//! ever written and asked in SQL.

use sea_orm::entity::prelude::*;
use types::id::{ContactId, MessageId, OrgId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub docid: i64,
    pub org_id: OrgId,
    pub message_id: Option<MessageId>,
    pub contact_id: Option<ContactId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::message::Entity", from = "Column::MessageId", to = "super::message::Column::Id")]
    Message,
    #[sea_orm(belongs_to = "super::contact::Entity", from = "Column::ContactId", to = "super::contact::Column::Id")]
    Contact,
}

impl ActiveModelBehavior for ActiveModel {}
