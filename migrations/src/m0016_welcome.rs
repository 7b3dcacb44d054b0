//! What an organisation greets new visitors with. A table of its own: the organisation's row is written by every message, and whatever
//! stands in it is written again each time.

use crate::columns::{id, primary_key, references, text, time};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "welcome";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("org_id"))
                    .col(text("text"))
                    .col(time("updated_at"))
                    .primary_key(&mut primary_key("welcome_pkey", &["org_id"]))
                    .foreign_key(&mut references("welcome_org_id_fkey", table, "org_id", "organisation"))
                    .to_owned(),
            )
            .await
    }
}
