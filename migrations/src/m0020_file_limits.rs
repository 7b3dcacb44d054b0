//! How large a file may be in a channel, where that is less than the installation allows.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("max_file_megabytes").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("channel").add_column(&mut column).to_owned()).await
    }
}
