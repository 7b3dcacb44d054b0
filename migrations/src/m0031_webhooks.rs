//! Webhooks, and what each is told.
//!
//! What is to be told is read off the ledger, which is written with what it tells of: a webhook has a place in it, and its deliveries
//! are added by the write that moves that place on.

use crate::columns::{
    count, flag, id, index, newest_first, optional_id, optional_text, optional_time, primary_key, references, text,
    time,
};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("webhook")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("url"))
                    .col(text("description"))
                    .col(text("events"))
                    .col(flag("includes_contact_details"))
                    // Both sealed.
                    .col(text("secret"))
                    .col(optional_text("previous_secret"))
                    .col(optional_time("previous_secret_until"))
                    // How far it has come in the ledger.
                    .col(count("place"))
                    .col(optional_text("paused_for"))
                    .col(optional_time("paused_at"))
                    .col(optional_time("failing_since"))
                    .col(optional_time("delivered_at"))
                    .col(time("created_at"))
                    .col(optional_time("deleted_at"))
                    .primary_key(&mut primary_key("webhook_pkey", &["id"]))
                    .foreign_key(&mut references("webhook_org_id_fkey", "webhook", "org_id", "organisation"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("webhook_org_idx", "webhook", &["org_id", "created_at"])).await?;
        let table = "webhook_delivery";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("webhook_id"))
                    // The event's place in the ledger: the order of a conversation's deliveries. 0 for a test.
                    .col(count("event_seq"))
                    .col(text("kind"))
                    .col(optional_id("conversation_id"))
                    .col(text("body"))
                    .col(text("state"))
                    // All attempts, and those since it was begun or begun again.
                    .col(count("attempts"))
                    .col(count("tries"))
                    // Absent while it waits for an earlier one of the conversation, and when it is over.
                    .col(optional_time("due_at"))
                    .col(ColumnDef::new("status").big_integer())
                    .col(optional_text("failure"))
                    .col(optional_text("answer"))
                    .col(ColumnDef::new("duration_millis").big_integer())
                    .col(optional_time("attempted_at"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("webhook_delivery_pkey", &["id"]))
                    .foreign_key(&mut references("webhook_delivery_webhook_id_fkey", table, "webhook_id", "webhook"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(newest_first("webhook_delivery_log_idx", table, &["webhook_id"], "created_at")).await?;
        manager.create_index(index("webhook_delivery_conversation_idx", table, &["conversation_id"])).await?;
        manager.create_index(index("webhook_delivery_created_idx", table, &["created_at"])).await?;
        for statement in [
            "CREATE INDEX webhook_delivery_due_idx ON webhook_delivery (due_at) WHERE due_at IS NOT NULL",
            "CREATE INDEX webhook_delivery_waiting_idx ON webhook_delivery (webhook_id, conversation_id, event_seq)
             WHERE state = 'waiting'",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
