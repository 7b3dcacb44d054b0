//! Contacts, conversations, messages and read marks.

use crate::columns::{
    count, id, index, newest_first, optional_id, optional_text, optional_time, primary_key, references, text, time,
    unique,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        contacts(manager).await?;
        conversations(manager).await?;
        messages(manager).await?;
        read_marks(manager).await
    }
}

async fn contacts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("contact")
                .col(id("id"))
                .col(id("org_id"))
                .col(id("channel_id"))
                .col(count("number"))
                .col(optional_text("name"))
                .col(optional_text("ip"))
                .col(optional_text("region"))
                .col(optional_text("device"))
                .col(optional_text("os"))
                .col(optional_text("browser"))
                .col(optional_text("user_agent"))
                .col(optional_text("locale"))
                .col(optional_text("referrer"))
                .col(optional_text("landing_page"))
                .col(optional_text("landing_title"))
                .col(time("first_seen_at"))
                .col(time("last_seen_at"))
                .primary_key(&mut primary_key("contact_pkey", &["id"]))
                .foreign_key(&mut references("contact_channel_id_fkey", "contact", "channel_id", "channel"))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("contact_number_key", "contact", &["org_id", "number"])).await?;
    manager.create_index(index("contact_channel_id_idx", "contact", &["channel_id"])).await
}

async fn conversations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("conversation")
                .col(id("id"))
                .col(id("org_id"))
                // No foreign key: the contact has it, and purging a channel would scan this table for it.
                .col(id("channel_id"))
                .col(id("contact_id"))
                .col(optional_id("assignee_id"))
                .col(count("last_seq"))
                .col(count("inbound_count"))
                .col(optional_time("waiting_since"))
                .col(count("agents_read_seq"))
                .col(count("visitor_read_seq"))
                .col(count("visitor_read_outbound"))
                .col(optional_text("last_message"))
                .col(time("last_activity_at"))
                .col(time("created_at"))
                .primary_key(&mut primary_key("conversation_pkey", &["id"]))
                .foreign_key(&mut references("conversation_contact_id_fkey", "conversation", "contact_id", "contact"))
                .foreign_key(&mut references("conversation_assignee_id_fkey", "conversation", "assignee_id", "agent"))
                .to_owned(),
        )
        .await?;
    // The contact comes first so that the foreign key, too, finds its rows here.
    manager.create_index(unique("conversation_contact_key", "conversation", &["contact_id", "channel_id"])).await?;
    for (name, columns) in [
        ("conversation_org_idx", ["org_id"].as_slice()),
        ("conversation_assignee_idx", ["org_id", "assignee_id"].as_slice()),
        ("conversation_channel_idx", ["org_id", "channel_id"].as_slice()),
    ] {
        manager.create_index(newest_first(name, "conversation", columns, "last_activity_at")).await?;
    }
    Ok(())
}

async fn messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("message")
                .col(id("id"))
                .col(id("org_id"))
                .col(id("conversation_id"))
                .col(count("seq"))
                .col(text("author_kind"))
                .col(optional_id("author_id"))
                .col(optional_text("author_name"))
                .col(id("sender"))
                .col(id("nonce"))
                .col(text("content"))
                .col(count("inbound_count"))
                .col(time("created_at"))
                .primary_key(&mut primary_key("message_pkey", &["id"]))
                .foreign_key(&mut references(
                    "message_conversation_id_fkey",
                    "message",
                    "conversation_id",
                    "conversation",
                ))
                .to_owned(),
        )
        .await?;
    manager.create_index(unique("message_seq_key", "message", &["conversation_id", "seq"])).await?;
    manager.create_index(unique("message_nonce_key", "message", &["conversation_id", "sender", "nonce"])).await
}

async fn read_marks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("read_mark")
                .col(id("org_id"))
                .col(id("conversation_id"))
                .col(id("agent_id"))
                .col(count("seq"))
                .col(count("inbound_count"))
                .col(time("updated_at"))
                .primary_key(&mut primary_key("read_mark_pkey", &["conversation_id", "agent_id"]))
                .foreign_key(&mut references(
                    "read_mark_conversation_id_fkey",
                    "read_mark",
                    "conversation_id",
                    "conversation",
                ))
                .foreign_key(&mut references("read_mark_agent_id_fkey", "read_mark", "agent_id", "agent"))
                .to_owned(),
        )
        .await
}
