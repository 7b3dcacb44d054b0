//! Second factors of agents, and the recovery codes for when they are lost.

use crate::columns::{count, id, index, optional_time, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "second_factor";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("agent_id"))
                    .col(id("org_id"))
                    // Sealed under a key that is not in the database.
                    .col(text("secret"))
                    // The newest step whose code was used: none is taken twice.
                    .col(count("last_step"))
                    .col(time("created_at"))
                    // It is asked for from then on.
                    .col(optional_time("confirmed_at"))
                    .primary_key(&mut primary_key("second_factor_pkey", &["agent_id"]))
                    .foreign_key(
                        references("second_factor_agent_id_fkey", table, "agent_id", "agent")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        let table = "recovery_code";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(text("code_hash"))
                    .col(time("created_at"))
                    .col(optional_time("used_at"))
                    .primary_key(&mut primary_key("recovery_code_pkey", &["id"]))
                    .foreign_key(
                        references("recovery_code_agent_id_fkey", table, "agent_id", "agent")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("recovery_code_agent_idx", table, &["agent_id"])).await
    }
}
