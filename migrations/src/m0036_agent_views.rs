//! Sessions by which somebody looks at a colleague's console, and the API tokens that entries of the audit log were made by.
//!
//! No foreign key: a session that has long ended is forgotten, and what it began has ended with it.

use crate::columns::{index, optional_id, optional_text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            // Whoever looks, and the session of theirs that it ends with.
            ("session", optional_id("viewed_by")),
            ("session", optional_id("viewed_from")),
            // JSON: the token's name and its maker's at the time, which are to be read when both are gone.
            ("audit_entry", optional_text("token")),
        ];
        for (table, mut column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(&mut column).to_owned()).await?;
        }
        manager.create_index(index("session_viewed_by_idx", "session", &["viewed_by"])).await?;
        manager.create_index(index("session_viewed_from_idx", "session", &["viewed_from"])).await
    }
}
