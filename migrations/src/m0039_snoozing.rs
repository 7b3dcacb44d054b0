//! Until when a conversation is put off, and whether a note was whispered.

use crate::columns::optional_time;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut until = optional_time("snoozed_until");
        manager.alter_table(Table::alter().table("conversation").add_column(&mut until).to_owned()).await?;
        let mut whisper = ColumnDef::new("whisper").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("note").add_column(&mut whisper).to_owned()).await?;
        // Of a part only, which few conversations are in, so that messages cost nothing and no other question takes them for its own.
        let partial = [
            "CREATE INDEX conversation_snoozed_idx ON conversation (org_id, assignee_id) WHERE snoozed_until IS NOT NULL",
            "CREATE INDEX conversation_due_idx ON conversation (snoozed_until, id) WHERE snoozed_until IS NOT NULL",
        ];
        for statement in partial {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
