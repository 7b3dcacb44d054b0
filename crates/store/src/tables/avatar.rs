//! `avatar`: a picture that an agent has chosen of themselves, or of a channel. Its bytes are in the object store.

use sea_orm::entity::prelude::*;
use types::id::{AgentId, AvatarId, ChannelId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "avatar")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AvatarId,
    pub org_id: OrgId,
    pub agent_id: AgentId,
    pub bytes: i64,
    /// When it is collected: before it has been set, and once another one has.
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Of a channel: then the agent is who has chosen it.
    pub channel_id: Option<ChannelId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
