//! Channels.

use crate::columns::{flag, id, index, optional_time, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("channel")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("kind"))
                    .col(text("key"))
                    .col(text("name"))
                    .col(text("introduction"))
                    .col(flag("alert"))
                    .col(flag("enabled"))
                    .col(text("style"))
                    .col(ColumnDef::new("style_revision").integer().not_null().default(1))
                    .col(time("created_at"))
                    .col(time("updated_at"))
                    .col(optional_time("deleted_at"))
                    .primary_key(&mut primary_key("channel_pkey", &["id"]))
                    .foreign_key(&mut references("channel_org_id_fkey", "channel", "org_id", "organisation"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("channel_key_key", "channel", &["key"])).await?;
        manager.create_index(index("channel_org_id_idx", "channel", &["org_id", "created_at", "id"])).await
    }
}
