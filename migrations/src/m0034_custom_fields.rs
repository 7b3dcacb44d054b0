//! Custom fields of contacts: an organisation's fields in one row, what stands in them in the contact's row, and which contacts have
//! something in a field, by which they are found when it is deleted.

use crate::columns::{count, id, primary_key, references, text};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("custom_field_list")
                    .col(id("org_id"))
                    .col(count("version"))
                    // JSON of the fields, in their order.
                    .col(text("fields"))
                    .primary_key(&mut primary_key("custom_field_list_pkey", &["org_id"]))
                    .foreign_key(&mut references(
                        "custom_field_list_org_id_fkey",
                        "custom_field_list",
                        "org_id",
                        "organisation",
                    ))
                    .to_owned(),
            )
            .await?;
        // Fields that were deleted, until nothing stands in them any more.
        manager
            .create_table(
                Table::create()
                    .table("deleted_custom_field")
                    .col(id("id"))
                    .col(id("org_id"))
                    .primary_key(&mut primary_key("deleted_custom_field_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("contact_custom_field")
                    .col(id("org_id"))
                    .col(id("field_id"))
                    .col(id("contact_id"))
                    .primary_key(&mut primary_key("contact_custom_field_pkey", &["field_id", "contact_id"]))
                    .foreign_key(&mut references(
                        "contact_custom_field_contact_id_fkey",
                        "contact_custom_field",
                        "contact_id",
                        "contact",
                    ))
                    .to_owned(),
            )
            .await?;
        let statements = [
            "CREATE INDEX contact_custom_field_contact_idx ON contact_custom_field (contact_id)",
            "ALTER TABLE contact ADD COLUMN custom_values text NOT NULL DEFAULT '[]'",
        ];
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
