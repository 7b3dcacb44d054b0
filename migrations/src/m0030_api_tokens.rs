//! API tokens, each with a session of its agent's; and the answers to requests that may be repeated.

use crate::columns::{count, id, index, optional_text, optional_time, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("api_token")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(id("session_id"))
                    .col(text("name"))
                    .col(text("prefix"))
                    .col(text("secret_hash"))
                    .col(text("scopes"))
                    .col(id("created_by"))
                    .col(time("created_at"))
                    .col(optional_time("expires_at"))
                    .col(optional_time("last_used_at"))
                    .col(optional_text("last_used_ip"))
                    .primary_key(&mut primary_key("api_token_pkey", &["id"]))
                    .foreign_key(&mut references("api_token_agent_id_fkey", "api_token", "agent_id", "agent"))
                    .foreign_key(&mut references("api_token_session_id_fkey", "api_token", "session_id", "session"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("api_token_secret_hash_key", "api_token", &["secret_hash"])).await?;
        manager.create_index(unique("api_token_session_id_key", "api_token", &["session_id"])).await?;
        manager.create_index(index("api_token_org_idx", "api_token", &["org_id", "agent_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("idempotency_key")
                    .col(id("org_id"))
                    .col(id("caller_id"))
                    .col(text("key_hash"))
                    .col(text("request_hash"))
                    .col(count("status"))
                    .col(text("body"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("idempotency_key_pkey", &["caller_id", "key_hash"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("idempotency_key_created_at_idx", "idempotency_key", &["created_at"])).await
    }
}
