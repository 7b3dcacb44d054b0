//! The agents who take part in a conversation besides its assignee.
//!
//! The conversation's own row names them, so that whoever has read it knows for whom it is; a table lists an agent's
//! conversations in the list's order, for which it has a copy of when each was active last.

use crate::columns::{count, id, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [text("members").default("").to_owned(), count("members_version")];
        for mut column in columns {
            manager.alter_table(Table::alter().table("conversation").add_column(&mut column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("conversation_member")
                    .col(id("org_id"))
                    .col(id("conversation_id"))
                    .col(id("agent_id"))
                    .col(time("last_activity_at"))
                    .col(time("joined_at"))
                    .primary_key(&mut primary_key("conversation_member_pkey", &["conversation_id", "agent_id"]))
                    .foreign_key(&mut references(
                        "conversation_member_conversation_id_fkey",
                        "conversation_member",
                        "conversation_id",
                        "conversation",
                    ))
                    .foreign_key(&mut references(
                        "conversation_member_agent_id_fkey",
                        "conversation_member",
                        "agent_id",
                        "agent",
                    ))
                    .to_owned(),
            )
            .await?;
        let mut index = Index::create();
        index
            .name("conversation_member_agent_idx")
            .table("conversation_member")
            .col("org_id")
            .col("agent_id")
            .col(("last_activity_at", IndexOrder::Desc))
            .col(("conversation_id", IndexOrder::Desc));
        manager.create_index(index).await
    }
}
