//! Who visitors are to the company: the id of their account there, and the secret by which its server proves it.

use crate::columns::{id, optional_text, optional_time, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = optional_text("external_id");
        manager.alter_table(Table::alter().table("contact").add_column(&mut column).to_owned()).await?;
        // Of nobody whose account is unknown: nothing is equal to NULL in an index.
        manager.create_index(unique("contact_external_id_key", "contact", &["channel_id", "external_id"])).await?;
        let table = "channel_identity";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("channel_id"))
                    .col(id("org_id"))
                    // Sealed under a key that is not in the database.
                    .col(text("secret"))
                    .col(time("secret_since"))
                    // The secret before it is good for a while, so that a server can be given the new one without haste.
                    .col(optional_text("previous"))
                    .col(optional_time("previous_until"))
                    .primary_key(&mut primary_key("channel_identity_pkey", &["channel_id"]))
                    .foreign_key(
                        references("channel_identity_channel_id_fkey", table, "channel_id", "channel")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await
    }
}
