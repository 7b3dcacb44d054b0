//! Tables of contacts that are imported, in parts that never hold the writer for long; and contacts are found by their phone number.
//!
//! The number's index leaves out what people write between the digits, by an expression that both databases have, so that whoever
//! writes a number need not know of it.

use crate::columns::{count, id, newest_first, optional_text, optional_time, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("contact_import")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(text("state"))
                    .col(text("head"))
                    .col(text("sample"))
                    .col(text("suggested"))
                    .col(optional_text("request"))
                    .col(count("row_count"))
                    // Parts that are done, and all of them.
                    .col(count("place"))
                    .col(count("until"))
                    .col(count("created"))
                    .col(count("updated"))
                    .col(count("skipped"))
                    .col(count("failed"))
                    .col(text("faults"))
                    .col(time("created_at"))
                    .col(optional_time("finished_at"))
                    .primary_key(&mut primary_key("contact_import_pkey", &["id"]))
                    .foreign_key(&mut references("contact_import_agent_id_fkey", "contact_import", "agent_id", "agent"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("contact_import_part")
                    .col(id("import_id"))
                    .col(count("place"))
                    .col(id("org_id"))
                    .col(text("content"))
                    .primary_key(&mut primary_key("contact_import_part_pkey", &["import_id", "place"]))
                    .foreign_key(&mut references(
                        "contact_import_part_import_id_fkey",
                        "contact_import_part",
                        "import_id",
                        "contact_import",
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(newest_first(
                "contact_import_agent_idx",
                "contact_import",
                &["org_id", "agent_id"],
                "created_at",
            ))
            .await?;
        let statements = [
            "CREATE INDEX contact_import_running_idx ON contact_import (id) WHERE state = 'running'",
            "CREATE INDEX contact_import_age_idx ON contact_import (created_at)",
            "CREATE INDEX contact_phone_idx ON contact (org_id,
                 (replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')))
                 WHERE phone IS NOT NULL",
        ];
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
