//! Agents' levels, capacities and switches, who was removed, and the groups that agents are in.

use crate::columns::{count, id, index, optional_id, optional_time, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ColumnDef::new("level").integer().not_null().default(1).to_owned(),
            // None: no limit.
            ColumnDef::new("capacity").integer().not_null().default(0).to_owned(),
            off("edits_quick_replies"),
            off("edits_automatic_replies"),
            optional_time("removed_at"),
            // Who gets the conversations of somebody who was disabled or removed.
            optional_id("heir_id"),
        ];
        for mut column in columns {
            manager.alter_table(Table::alter().table("agent").add_column(&mut column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("agent_group")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("name"))
                    .col(count("position"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("agent_group_pkey", &["id"]))
                    .foreign_key(&mut references("agent_group_org_id_fkey", "agent_group", "org_id", "organisation"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("agent_group_name_key", "agent_group", &["org_id", "name"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("agent_group_member")
                    .col(id("org_id"))
                    .col(id("group_id"))
                    .col(id("agent_id"))
                    .primary_key(&mut primary_key("agent_group_member_pkey", &["group_id", "agent_id"]))
                    .foreign_key(&mut references(
                        "agent_group_member_group_id_fkey",
                        "agent_group_member",
                        "group_id",
                        "agent_group",
                    ))
                    .foreign_key(&mut references(
                        "agent_group_member_agent_id_fkey",
                        "agent_group_member",
                        "agent_id",
                        "agent",
                    ))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(index("agent_group_member_agent_idx", "agent_group_member", &["org_id", "agent_id"]))
            .await?;
        // Few are in it: whose conversations may still have to be handed on.
        let disabled = "CREATE INDEX agent_disabled_idx ON agent (id) WHERE disabled_at IS NOT NULL";
        manager.get_connection().execute_unprepared(disabled).await?;
        Ok(())
    }
}

/// Yes or no, and no for every row that is there.
fn off(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(false).to_owned()
}
