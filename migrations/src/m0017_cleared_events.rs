//! Up to where in the ledger a conversation was cleared, so that its events hide with the messages that they tell of.

use crate::columns::count;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = count("cleared_event_seq");
        manager.alter_table(Table::alter().table("conversation").add_column(&mut column).to_owned()).await?;
        // What was cleared before: up to the last event that said so.
        let known = "UPDATE conversation SET cleared_event_seq = coalesce((
                SELECT max(e.seq) FROM event AS e WHERE e.org_id = conversation.org_id
                AND e.conversation_id = conversation.id AND e.kind = 'conversation_cleared'), 0)
            WHERE cleared_seq > 0";
        manager.get_connection().execute_unprepared(known).await.map(drop)
    }
}
