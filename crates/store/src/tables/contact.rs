//! `contact`: visitors, as one channel knows them.

use sea_orm::entity::prelude::*;
use types::id::{ChannelId, ContactId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    pub org_id: OrgId,
    pub channel_id: ChannelId,
    pub number: i64,
    pub name: Option<String>,
    pub ip: Option<String>,
    pub region: Option<String>,
    pub device: Option<String>,
    pub os: Option<String>,
    pub browser: Option<String>,
    pub user_agent: Option<String>,
    pub locale: Option<String>,
    pub referrer: Option<String>,
    pub landing_page: Option<String>,
    pub landing_title: Option<String>,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub phone: Option<String>,
    pub remark: Option<String>,
    /// Counts what agents changed.
    pub version: i64,
    /// Since when they are on the blacklist.
    pub blocked_at: Option<Timestamp>,
    /// Its tags, as `store::tags` reads them.
    pub tags: String,
    /// The id of their account at the company, as its server has proven; of one contact of the channel.
    pub external_id: Option<String>,
    /// What stands in custom fields: JSON of `types::custom_fields::CustomValue`s, by field.
    pub custom_values: String,
    /// Whether an import has made them: no browser has come as them but one that has proven their account.
    pub imported: bool,
    /// Who is there instead, since the two were merged.
    pub merged_into: Option<ContactId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(has_one = "super::conversation::Entity")]
    Conversation,
    #[sea_orm(belongs_to = "super::channel::Entity", from = "Column::ChannelId", to = "super::channel::Column::Id")]
    Channel,
}

impl Related<super::conversation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Conversation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
