//! Groups of channels, the order of both, and the pictures of channels.

use crate::columns::{count, id, index, optional_id, primary_key, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("channel_group")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("name"))
                    .col(text("name_key"))
                    .col(count("place"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("channel_group_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("channel_group_name_key", "channel_group", &["org_id", "name_key"])).await?;
        // SQLite adds one column at a time, and none that refers to another table but by making the table anew.
        for (table, mut column) in [
            ("channel", optional_id("group_id")),
            ("channel", count("place")),
            ("channel", optional_id("avatar_id")),
            // Of a channel's picture; `agent_id` is then who has chosen it.
            ("avatar", optional_id("channel_id")),
            ("organisation", count("channel_tree_revision")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        manager.create_index(index("avatar_channel_id_idx", "avatar", &["channel_id"])).await
    }
}
