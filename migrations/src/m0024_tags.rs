//! Tags of contacts, in groups. The contact's own row names its tags, so that whoever reads it knows them; a table finds the
//! contacts of a tag.

use crate::columns::{count, flag, id, index, optional_id, primary_key, references, text, time, unique};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("tag_group")
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(text("name"))
                    .col(text("name_key"))
                    .col(flag("single_choice"))
                    .col(count("rank"))
                    .col(count("version"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("tag_group_pkey", &["id"]))
                    .to_owned(),
            )
            .await?;
        manager.create_index(unique("tag_group_name_key", "tag_group", &["org_id", "name_key"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("tag")
                    .col(id("id"))
                    .col(id("org_id"))
                    // A tag without a group was deleted, and is being taken off its contacts.
                    .col(optional_id("group_id"))
                    .col(text("name"))
                    .col(text("name_key"))
                    .col(text("color"))
                    .col(count("place"))
                    .col(time("created_at"))
                    .primary_key(&mut primary_key("tag_pkey", &["id"]))
                    .foreign_key(&mut references("tag_group_id_fkey", "tag", "group_id", "tag_group"))
                    .to_owned(),
            )
            .await?;
        // Deleted ones are found by it as well: they have no group.
        manager.create_index(unique("tag_name_key", "tag", &["group_id", "name_key"])).await?;
        manager.create_index(index("tag_org_idx", "tag", &["org_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("contact_tag")
                    .col(id("org_id"))
                    .col(id("tag_id"))
                    .col(id("contact_id"))
                    .primary_key(&mut primary_key("contact_tag_pkey", &["tag_id", "contact_id"]))
                    .foreign_key(&mut references("contact_tag_tag_id_fkey", "contact_tag", "tag_id", "tag"))
                    .foreign_key(&mut references("contact_tag_contact_id_fkey", "contact_tag", "contact_id", "contact"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("contact_tag_contact_id_idx", "contact_tag", &["contact_id"])).await?;
        let mut column = text("tags").default("").to_owned();
        manager.alter_table(Table::alter().table("contact").add_column(&mut column).to_owned()).await
    }
}
