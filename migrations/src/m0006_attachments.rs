//! Attachments: what is known of each uploaded file. The bytes lie in the object store, under the attachment's id.

use crate::columns::{count, flag, id, index, optional_id, optional_time, primary_key, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("attachment")
                    .col(id("id"))
                    .col(id("org_id"))
                    // No foreign keys: a visitor has no contact before their first message, and purging would scan this table.
                    .col(id("channel_id"))
                    .col(id("contact_id"))
                    .col(id("uploader"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(text("media_type"))
                    .col(count("bytes"))
                    .col(ColumnDef::new("width").big_integer())
                    .col(ColumnDef::new("height").big_integer())
                    .col(ColumnDef::new("duration_millis").big_integer())
                    .col(flag("has_preview"))
                    .col(optional_id("message_id"))
                    .col(optional_time("expires_at"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("attachment_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        // Those of a conversation that is cleared or purged; and those whose time has come.
        manager.create_index(index("attachment_contact_id_idx", "attachment", &["contact_id"])).await?;
        manager.create_index(index("attachment_expires_at_idx", "attachment", &["expires_at"])).await
    }
}
