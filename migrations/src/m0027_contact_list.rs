//! The list of contacts: an index for each order, of a channel and of all; tags that many are given; and contacts are found by
//! phone and remark as well.
//!
//! Names are ordered by an expression and not by a column, so that whoever writes a name need not know of it. Only capitals of the
//! Latin alphabet are taken for small letters, which both databases do alike.

use crate::columns::{
    count, flag, id, newest_first, optional_text, optional_time, primary_key, references, text, time,
};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const POSTGRES_NAME: &str = r#"coalesce('a' || lower(name COLLATE "C"), 'z')"#;
const SQLITE_NAME: &str = "coalesce('a' || lower(name), 'z')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("tagging")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("agent_id"))
                    // Whether it may find contacts by their phone numbers.
                    .col(flag("sees_details"))
                    .col(text("state"))
                    .col(text("tags"))
                    // Whom: those that are named, or those that a filter finds.
                    .col(optional_text("contact_ids"))
                    .col(optional_text("filter"))
                    // How far it has come, and how far it goes: among the named, or by the contacts' numbers.
                    .col(count("place"))
                    .col(count("until"))
                    .col(count("tagged"))
                    .col(count("unchanged"))
                    .col(count("no_room"))
                    .col(count("missing"))
                    .col(time("created_at"))
                    .col(optional_time("finished_at"))
                    .primary_key(&mut primary_key("tagging_pkey", &["id"]))
                    .foreign_key(&mut references("tagging_agent_id_fkey", "tagging", "agent_id", "agent"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(newest_first("tagging_agent_idx", "tagging", &["org_id", "agent_id"], "created_at"))
            .await?;
        let name = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES_NAME,
            _ => SQLITE_NAME,
        };
        for statement in [
            "CREATE INDEX tagging_running_idx ON tagging (id) WHERE state = 'running'".to_owned(),
            // By number, all of them stand in the number's own index.
            "CREATE INDEX contact_seen_idx ON contact (org_id, last_seen_at, number)".to_owned(),
            format!("CREATE INDEX contact_name_idx ON contact (org_id, ({name}), number)"),
            "CREATE INDEX contact_channel_number_idx ON contact (org_id, channel_id, number)".to_owned(),
            "CREATE INDEX contact_channel_seen_idx ON contact (org_id, channel_id, last_seen_at, number)".to_owned(),
            format!("CREATE INDEX contact_channel_name_idx ON contact (org_id, channel_id, ({name}), number)"),
            // Up to which contact the documents have phones and remarks, where there are some that have not; absent once all have.
            "ALTER TABLE search_progress ADD COLUMN contact_number bigint".to_owned(),
            "UPDATE search_progress SET contact_number = 0".to_owned(),
        ] {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}
