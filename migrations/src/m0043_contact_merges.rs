//! Contacts who were merged: to whom one leads, whose contact's a conversation is, and what an undoing needs.
//!
//! `conversation.contact_id` stays the visitor who writes there; `person_id` is the contact whom agents see. A trigger fills it in whatever
//! does not know of it: a server of the release before, and what fills a database with statements of its own.

use crate::columns::{id, index, optional_id, primary_key, references, text, time};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const POSTGRES_TRIGGER: [&str; 2] = [
    // A restored backup makes the tables anew, and finds the function.
    "CREATE OR REPLACE FUNCTION conversation_person() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN NEW.person_id := coalesce(NEW.person_id, NEW.contact_id); RETURN NEW; END $$",
    "CREATE TRIGGER conversation_person BEFORE INSERT ON conversation
     FOR EACH ROW EXECUTE FUNCTION conversation_person()",
];

const SQLITE_TRIGGER: [&str; 1] =
    ["CREATE TRIGGER conversation_person AFTER INSERT ON conversation WHEN new.person_id IS NULL BEGIN
         UPDATE conversation SET person_id = new.contact_id WHERE id = new.id;
     END"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut merged_into = optional_id("merged_into");
        manager.alter_table(Table::alter().table("contact").add_column(&mut merged_into).to_owned()).await?;
        let mut person = optional_id("person_id");
        manager.alter_table(Table::alter().table("conversation").add_column(&mut person).to_owned()).await?;
        let table = "contact_merge";
        manager
            .create_table(
                Table::create()
                    .table(table)
                    .col(id("id"))
                    .col(id("org_id"))
                    .col(id("survivor_id"))
                    .col(id("merged_id"))
                    .col(id("agent_id"))
                    .col(text("agent_name"))
                    // What the two were, and what became of them, as JSON.
                    .col(text("kept"))
                    .col(time("merged_at"))
                    .primary_key(&mut primary_key("contact_merge_pkey", &["id"]))
                    .foreign_key(
                        references("contact_merge_survivor_id_fkey", table, "survivor_id", "contact")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        references("contact_merge_merged_id_fkey", table, "merged_id", "contact")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("contact_merge_survivor_idx", table, &["survivor_id"])).await?;
        manager.create_index(index("contact_merge_merged_idx", table, &["merged_id"])).await?;
        let connection = manager.get_connection();
        for statement in [
            "UPDATE conversation SET person_id = contact_id",
            "CREATE INDEX conversation_person_idx ON conversation (person_id)",
            // Of a part only: few contacts lead to others.
            "CREATE INDEX contact_merged_idx ON contact (merged_into) WHERE merged_into IS NOT NULL",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        let triggers: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &POSTGRES_TRIGGER,
            _ => &SQLITE_TRIGGER,
        };
        for statement in triggers {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
