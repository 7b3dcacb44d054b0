//! The sites on whose pages a channel's chat may stand.

use crate::columns::{id, primary_key, references, text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "channel_domains";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("channel_id"))
                    .col(id("org_id"))
                    // A JSON list of hosts. A channel that may stand everywhere has no row.
                    .col(text("items"))
                    .primary_key(&mut primary_key("channel_domains_pkey", &["channel_id"]))
                    .foreign_key(
                        references("channel_domains_channel_id_fkey", table, "channel_id", "channel")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await
    }
}
