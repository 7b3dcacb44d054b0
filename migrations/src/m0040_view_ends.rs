//! By which views are found that have run out.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Of a part only: what is asked for every few seconds is asked of the few that nobody has ended.
        let partial = "CREATE INDEX session_view_end_idx ON session (expires_at, id) WHERE viewed_by IS NOT NULL AND revoked_at IS NULL";
        manager.get_connection().execute_unprepared(partial).await?;
        Ok(())
    }
}
