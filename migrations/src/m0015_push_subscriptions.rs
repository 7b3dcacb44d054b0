//! Web Push subscriptions: a browser's, under the sign-in that it belongs to.

use crate::columns::{id, index, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "push_subscription";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("session_id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(text("endpoint"))
                    // Addresses are long; what is unique is their hash.
                    .col(text("endpoint_hash"))
                    .col(text("p256dh"))
                    .col(text("auth"))
                    .col(text("language"))
                    .col(ColumnDef::new("quiet_from").big_integer())
                    .col(ColumnDef::new("quiet_to").big_integer())
                    .col(ColumnDef::new("utc_offset_minutes").big_integer().not_null())
                    .col(time("updated_at"))
                    .primary_key(&mut primary_key("push_subscription_pkey", &["session_id"]))
                    // A sign-in that is forgotten takes its subscription along.
                    .foreign_key(
                        references("push_subscription_session_id_fkey", table, "session_id", "session")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(&mut references("push_subscription_agent_id_fkey", table, "agent_id", "agent"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("push_subscription_endpoint_hash_key", table, &["endpoint_hash"])).await?;
        manager.create_index(index("push_subscription_agent_idx", table, &["org_id", "agent_id"])).await
    }
}
