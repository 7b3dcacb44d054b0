//! Where the writer tries whether the disk takes what it writes. No row outlives the transaction that made it.

use crate::columns::{count, primary_key, text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("write_trial")
                    .col(count("id"))
                    .col(text("filler"))
                    .primary_key(&mut primary_key("write_trial_pkey", &["id"]))
                    .to_owned(),
            )
            .await
    }
}
