//! The published styles of channels.

use crate::columns::{id, optional_id, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "style_version";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("org_id"))
                    .col(id("channel_id"))
                    .col(ColumnDef::new("revision").integer().not_null())
                    .col(text("style"))
                    // None: it was published before versions were kept.
                    .col(optional_id("published_by"))
                    .col(text("publisher_name"))
                    .col(ColumnDef::new("restored_from").integer())
                    .col(time("published_at"))
                    // In its order they are read, too.
                    .primary_key(&mut primary_key("style_version_pkey", &["channel_id", "revision"]))
                    .foreign_key(&mut references("style_version_channel_id_fkey", table, "channel_id", "channel"))
                    .to_owned(),
            )
            .await
    }
}
