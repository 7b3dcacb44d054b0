//! Contacts who were merged: to whom one leads, whose contact's a conversation is, and what an undoing needs.
//!
//! `conversation.contact_id` stays the visitor who writes there; `person_id` is the contact whom agents see. A trigger fills it in whatever
//! does not know of it: a server of the release before, and what fills a database with statements of its own. That both lead to somebody
//! who is there is the database's to keep: a server of the release before, which would delete a survivor and leave the others behind, is
//! refused.

use crate::columns::{id, index, primary_key, references, text, time};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const POSTGRES: [&str; 9] = [
    // A backup has contacts in the order of their ids, also those who lead to a later one.
    "ALTER TABLE contact ADD COLUMN merged_into uuid
     CONSTRAINT contact_merged_into_fkey REFERENCES contact (id) DEFERRABLE INITIALLY IMMEDIATE",
    "ALTER TABLE conversation ADD COLUMN person_id uuid",
    "UPDATE conversation SET person_id = contact_id",
    // Behind the update: so it is checked once, and not row by row.
    "ALTER TABLE conversation ADD CONSTRAINT conversation_person_id_fkey FOREIGN KEY (person_id) REFERENCES contact (id)",
    // A restored backup makes the tables anew, and finds the function.
    "CREATE OR REPLACE FUNCTION conversation_person() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
         NEW.person_id := coalesce(
             NEW.person_id, (SELECT merged_into FROM contact WHERE id = NEW.contact_id), NEW.contact_id);
         RETURN NEW;
     END $$",
    "CREATE TRIGGER conversation_person BEFORE INSERT ON conversation
     FOR EACH ROW EXECUTE FUNCTION conversation_person()",
    "CREATE INDEX conversation_person_idx ON conversation (person_id)",
    // Of a part only: few contacts lead to others.
    "CREATE INDEX contact_merged_idx ON contact (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX event_contact_idx ON event ((payload::json -> 'contact' ->> 'id'))
     WHERE conversation_id IS NULL AND kind = 'contact_updated'",
];

const SQLITE: [&str; 7] = [
    "ALTER TABLE contact ADD COLUMN merged_into uuid_text
     CONSTRAINT contact_merged_into_fkey REFERENCES contact (id) DEFERRABLE INITIALLY IMMEDIATE",
    "ALTER TABLE conversation ADD COLUMN person_id uuid_text
     CONSTRAINT conversation_person_id_fkey REFERENCES contact (id)",
    "UPDATE conversation SET person_id = contact_id",
    "CREATE TRIGGER conversation_person AFTER INSERT ON conversation WHEN new.person_id IS NULL BEGIN
         UPDATE conversation SET person_id = coalesce((SELECT merged_into FROM contact WHERE id = new.contact_id), new.contact_id)
         WHERE id = new.id;
     END",
    "CREATE INDEX conversation_person_idx ON conversation (person_id)",
    "CREATE INDEX contact_merged_idx ON contact (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX event_contact_idx ON event (json_extract(payload, '$.contact.id'))
     WHERE conversation_id IS NULL AND kind = 'contact_updated'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements: &[&str] = match manager.get_database_backend() {
            DbBackend::Postgres => &POSTGRES,
            _ => &SQLITE,
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
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
        // By the event; those of conversations are found by these.
        let lone =
            "CREATE INDEX webhook_delivery_lone_idx ON webhook_delivery (event_seq) WHERE conversation_id IS NULL";
        manager.get_connection().execute_unprepared(lone).await.map(drop)
    }
}
