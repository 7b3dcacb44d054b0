//! Organisations, their agents, sessions and verification codes.

use crate::columns::{
    count, id, index, newest_first, optional_text, optional_time, primary_key, references, text, time, unique,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("organisation")
                    .col(id("id"))
                    .col(text("name"))
                    .col(count("last_event_seq"))
                    .col(count("last_contact_number"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("organisation_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("agent")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("account"))
                    .col(text("name"))
                    .col(text("email"))
                    .col(text("mobile"))
                    .col(text("password_hash"))
                    .col(text("role"))
                    .col(text("login_state"))
                    .col(optional_time("disabled_at"))
                    .col(time("created_at"))
                    .col(time("updated_at"))
                    .primary_key(&mut primary_key("agent_pkey", &["id"]))
                    .foreign_key(&mut references("agent_org_id_fkey", "agent", "org_id", "organisation"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("agent_account_key", "agent", &["account"])).await?;
        manager.create_index(index("agent_org_id_idx", "agent", &["org_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    .col(text("refresh_hash"))
                    .col(optional_text("previous_hash"))
                    .col(optional_time("rotated_at"))
                    .col(text("user_agent"))
                    .col(text("ip"))
                    .col(time("created_at"))
                    .col(time("last_used_at"))
                    .col(time("expires_at"))
                    .col(optional_time("revoked_at"))
                    .primary_key(&mut primary_key("session_pkey", &["id"]))
                    .foreign_key(&mut references("session_agent_id_fkey", "session", "agent_id", "agent"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("session_refresh_hash_key", "session", &["refresh_hash"])).await?;
        manager.create_index(index("session_previous_hash_idx", "session", &["previous_hash"])).await?;
        manager.create_index(index("session_agent_id_idx", "session", &["agent_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("verification_code")
                    .col(id("id"))
                    .col(text("mobile"))
                    .col(text("ip"))
                    .col(text("code_hash"))
                    .col(ColumnDef::new("tries").integer().not_null().default(0))
                    .col(time("created_at"))
                    .col(time("expires_at"))
                    .col(optional_time("consumed_at"))
                    .primary_key(&mut primary_key("verification_code_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(newest_first("verification_code_mobile_idx", "verification_code", &["mobile"], "created_at"))
            .await?;
        manager
            .create_index(newest_first("verification_code_ip_idx", "verification_code", &["ip"], "created_at"))
            .await?;
        manager.create_index(index("verification_code_created_at_idx", "verification_code", &["created_at"])).await
    }
}
