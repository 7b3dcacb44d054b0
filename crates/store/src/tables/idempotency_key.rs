//! `idempotency_key`: what was answered to requests that may be repeated.

use sea_orm::entity::prelude::*;
use types::id::OrgId;
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    pub org_id: OrgId,
    /// The agent who asked, or the session of the API token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub caller_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: String,
    pub request_hash: String,
    /// 0 until it was answered.
    pub status: i64,
    pub body: String,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
