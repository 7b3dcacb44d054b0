//! Internal notes: a table of their own, which nothing of a visitor's ever asks.

use crate::columns::{count, id, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("note")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("conversation_id"))
                    .col(count("number"))
                    .col(count("after_seq"))
                    .col(id("author_id"))
                    .col(text("author_name"))
                    .col(id("nonce"))
                    .col(text("text"))
                    .col(text("mentions"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("note_pkey", &["id"]))
                    .foreign_key(&mut references(
                        "note_conversation_id_fkey",
                        "note",
                        "conversation_id",
                        "conversation",
                    ))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("note_number_key", "note", &["conversation_id", "number"])).await?;
        manager.create_index(unique("note_nonce_key", "note", &["conversation_id", "author_id", "nonce"])).await?;
        // SQLite adds one column at a time.
        for name in ["notes", "cleared_notes"] {
            manager.alter_table(Table::alter().table("conversation").add_column(count(name)).to_owned()).await?;
        }
        Ok(())
    }
}
