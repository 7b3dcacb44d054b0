//! How many messages of a conversation were recalled. The messages themselves keep their rows, with a content that says so.

use crate::columns::count;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let recalls = Table::alter().table("conversation").add_column(count("recalls")).to_owned();
        manager.alter_table(recalls).await
    }
}
