//! How large a file may be in all of an organisation's channels.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("max_file_megabytes").integer().not_null().default(0).to_owned();
        manager.alter_table(Table::alter().table("organisation").add_column(&mut column).to_owned()).await
    }
}
