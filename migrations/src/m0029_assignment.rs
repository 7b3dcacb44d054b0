//! Whose a conversation is and why, whether it is closed or waits in the queue, and which groups serve a channel.

use crate::columns::{count, id, index, optional_id, optional_text, optional_time, primary_key, references};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_conversation = [
            optional_time("closed_at"),
            // Since when it waits for somebody to take it.
            optional_time("queued_at"),
            optional_id("last_assignee_id"),
            // Those that it was handed on to, instead of those that serve the channel.
            optional_id("wanted_group_id"),
            optional_text("assignment"),
        ];
        for mut column in of_conversation {
            manager.alter_table(Table::alter().table("conversation").add_column(&mut column).to_owned()).await?;
        }
        for mut column in [count("turn"), count("last_given_at")] {
            manager.alter_table(Table::alter().table("agent").add_column(&mut column).to_owned()).await?;
        }
        let mut by_hand = ColumnDef::new("assigns_by_hand").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("channel").add_column(&mut by_hand).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("channel_agent_group")
                    .col(id("org_id"))
                    .col(id("channel_id"))
                    .col(id("group_id"))
                    .primary_key(&mut primary_key("channel_agent_group_pkey", &["channel_id", "group_id"]))
                    .foreign_key(&mut references(
                        "channel_agent_group_channel_id_fkey",
                        "channel_agent_group",
                        "channel_id",
                        "channel",
                    ))
                    .foreign_key(
                        references(
                            "channel_agent_group_group_id_fkey",
                            "channel_agent_group",
                            "group_id",
                            "agent_group",
                        )
                        .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("channel_agent_group_group_idx", "channel_agent_group", &["group_id"])).await?;
        // Of a part only, which few conversations are in, so that messages cost nothing and no other question takes them for its own.
        let partial = [
            "CREATE INDEX conversation_queue_idx ON conversation (org_id, queued_at, id) WHERE queued_at IS NOT NULL",
            "CREATE INDEX conversation_load_idx ON conversation (org_id, assignee_id) \
             WHERE closed_at IS NULL AND assignee_id IS NOT NULL",
        ];
        for statement in partial {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
