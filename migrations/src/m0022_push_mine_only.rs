//! Whether a browser is pushed only what concerns its agent, and what nobody has.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("mine_only").boolean().not_null().default(false).to_owned();
        manager.alter_table(Table::alter().table("push_subscription").add_column(&mut column).to_owned()).await
    }
}
