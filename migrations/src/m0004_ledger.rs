//! The ledger.

use crate::columns::{count, id, index, optional_id, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(id("org_id"))
                    .col(count("seq"))
                    .col(optional_id("conversation_id"))
                    .col(text("kind"))
                    .col(text("actor"))
                    .col(text("audience"))
                    .col(text("payload"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("event_pkey", &["org_id", "seq"]))
                    .foreign_key(&mut references("event_org_id_fkey", "event", "org_id", "organisation"))
                    .to_owned(),
            )
            .await?;
        // What a deleted channel leaves in the ledger is found by its conversations.
        manager.create_index(index("event_conversation_id_idx", "event", &["conversation_id"])).await
    }
}
