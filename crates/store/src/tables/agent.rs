//! `agent`: who signs in to the console.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, AvatarId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "agent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AgentId,
    pub org_id: OrgId,
    /// In lower case; unique over all organisations.
    pub account: String,
    pub name: String,
    pub email: String,
    pub mobile: String,
    pub password_hash: String,
    pub role: String,
    pub login_state: String,
    pub disabled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Whether they may see phone numbers and addresses of contacts.
    pub sees_contact_details: bool,
    /// JSON of `types::saved_views::SavedView`s; absent while there are none.
    pub saved_views: Option<String>,
    pub saved_views_revision: i64,
    /// Whether the setup wizard is to open by itself no more.
    pub setup_dismissed: bool,
    /// The picture that they have chosen of themselves.
    pub avatar_id: Option<AvatarId>,
    /// Their share of new conversations: the higher, the more.
    pub level: i32,
    /// The conversations that they have at most at a time; 0: any number.
    pub capacity: i32,
    pub edits_quick_replies: bool,
    pub edits_automatic_replies: bool,
    /// Since when they are nobody's colleague any more. Whoever was removed is disabled as well.
    pub removed_at: Option<Timestamp>,
    /// Where their turn stands, as `rules::routing` counts it.
    pub turn: i64,
    /// When a conversation was assigned to them last; 0: never.
    pub last_given_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::organisation::Entity",
        from = "Column::OrgId",
        to = "super::organisation::Column::Id"
    )]
    Organisation,
}

impl Related<super::organisation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Organisation.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
