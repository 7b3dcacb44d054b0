//! The views of the list of conversations that an agent keeps: one document, and a count of its changes.

use crate::columns::{count, optional_text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column a statement.
        for mut column in [optional_text("saved_views"), count("saved_views_revision")] {
            manager.alter_table(Table::alter().table("agent").add_column(&mut column).to_owned()).await?;
        }
        Ok(())
    }
}
