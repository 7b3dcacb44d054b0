//! Whether an agent wants the setup wizard to open by itself no more.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("setup_dismissed").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("agent").add_column(&mut column).to_owned()).await
    }
}
