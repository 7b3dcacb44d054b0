//! Whether a note mentions an agent that they have not come back to.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("mentioned").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("read_mark").add_column(&mut column).to_owned()).await
    }
}
