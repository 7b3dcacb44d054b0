//! The pictures that agents choose of themselves. The bytes lie in the object store, under the picture's id.

use crate::columns::{count, id, index, optional_id, optional_time, primary_key, references, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("avatar")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(count("bytes"))
                    .col(optional_time("expires_at"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("avatar_pkey", &["id"]))
                    .foreign_key(&mut references("avatar_agent_id_fkey", "avatar", "agent_id", "agent"))
                    .to_owned(),
            )
            .await?;
        // Those of one agent, to free them; and those whose time has come.
        manager.create_index(index("avatar_agent_id_idx", "avatar", &["agent_id"])).await?;
        manager.create_index(index("avatar_expires_at_idx", "avatar", &["expires_at"])).await?;
        // Not a foreign key: the pictures refer to the agents already.
        let mut column = optional_id("avatar_id");
        manager.alter_table(Table::alter().table("agent").add_column(&mut column).to_owned()).await
    }
}
