//! `webhook`: an address of a program that is told what happens.

use sea_orm::entity::prelude::*;
use types::id::{OrgId, WebhookId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub org_id: OrgId,
    pub url: String,
    pub description: String,
    /// JSON of a list of `types::webhooks::WebhookEvent`.
    pub events: String,
    pub includes_contact_details: bool,
    /// Sealed by the server, as the one before is.
    pub secret: String,
    pub previous_secret: Option<String>,
    pub previous_secret_until: Option<Timestamp>,
    /// Up to which event of the ledger it has deliveries.
    pub place: i64,
    pub paused_for: Option<String>,
    pub paused_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Its deliveries are being purged, and then the row goes.
    pub deleted_at: Option<Timestamp>,
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

impl ActiveModelBehavior for ActiveModel {}
