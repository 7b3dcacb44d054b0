//! What tells, among a conversation's notes, that an agent joined or left it.

use crate::columns::text;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = text("member_change").default("").to_owned();
        manager.alter_table(Table::alter().table("note").add_column(&mut column).to_owned()).await
    }
}
