//! Who is a contact by an import alone: of nobody else an import may tell whose account they are.

use crate::columns::flag;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut imported = flag("imported").default(false).to_owned();
        manager.alter_table(Table::alter().table("contact").add_column(&mut imported).to_owned()).await
    }
}
