//! Whether a channel shows its agents what a visitor writes before it is sent.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Off for every channel that is there: visitors have to be told first.
        let mut column = ColumnDef::new("unsent_preview").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("channel").add_column(&mut column).to_owned()).await
    }
}
