//! What agents set of a conversation (pinned, muted, marked unread; cleared up to where) and of a contact (name, phone, remark,
//! blacklist), who may see contact details, and the audit log.

use crate::columns::{count, id, newest_first, optional_text, optional_time, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Personal settings stand beside the read mark: the list joins that row anyway.
        add(manager, "read_mark", optional_time("pinned_at")).await?;
        add(manager, "read_mark", off("muted")).await?;
        add(manager, "read_mark", off("marked_unread")).await?;
        add(manager, "read_mark", count("personal_revision")).await?;

        add(manager, "conversation", count("cleared_seq")).await?;
        add(manager, "conversation", count("cleared_inbound")).await?;
        add(manager, "conversation", count("purged_seq")).await?;
        add(manager, "conversation", off("blocked")).await?;

        add(manager, "contact", optional_text("phone")).await?;
        add(manager, "contact", optional_text("remark")).await?;
        add(manager, "contact", count("version")).await?;
        add(manager, "contact", optional_time("blocked_at")).await?;

        add(manager, "agent", ColumnDef::new("sees_contact_details").boolean().not_null().default(true).to_owned())
            .await?;

        audit(manager).await?;
        // Few rows are in these: they cost nothing where nothing is pinned, blocked or being cleared.
        for index in [
            "CREATE INDEX read_mark_pinned_idx ON read_mark (org_id, agent_id) WHERE pinned_at IS NOT NULL",
            "CREATE INDEX contact_blocked_idx ON contact (org_id, blocked_at, id) WHERE blocked_at IS NOT NULL",
            "CREATE INDEX conversation_unpurged_idx ON conversation (org_id, id) WHERE purged_seq < cleared_seq",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await
}

/// Yes or no, and no for every row that is there.
fn off(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(false).to_owned()
}

async fn audit(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("audit_entry")
                .col(id("id"))
                .col(id("org_id"))
                .col(id("agent_id"))
                .col(text("agent_name"))
                .col(text("payload"))
                .col(time("created_at"))
                .primary_key(&mut primary_key("audit_entry_pkey", &["id"]))
                .foreign_key(&mut references("audit_entry_org_id_fkey", "audit_entry", "org_id", "organisation"))
                .to_owned(),
        )
        .await?;
    manager.create_index(newest_first("audit_entry_org_idx", "audit_entry", &["org_id"], "created_at")).await
}
