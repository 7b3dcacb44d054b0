//! The index of messages and contacts and how far it has followed the ledger; indexes of the list's filters.
//!
//! What search keeps is worked out from other tables: backups leave it out, and it fills itself again from the ledger's
//! beginning. A document goes with the message or the contact that it is made of, whoever deletes that.

use crate::columns::{count, id, primary_key};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The text index: a document's terms stand in its row. New entries wait in a short list and are sorted in together, which
/// is what makes them cheap; searching reads through that list, so it is kept short (in KiB).
const POSTGRES: [&str; 6] = [
    "CREATE TABLE search_document (
         docid bigint NOT NULL, org_id uuid NOT NULL, message_id uuid, contact_id uuid, terms tsvector NOT NULL,
         CONSTRAINT search_document_pkey PRIMARY KEY (docid),
         CONSTRAINT search_document_message_id_fkey FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE CASCADE,
         CONSTRAINT search_document_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact (id) ON DELETE CASCADE)",
    "CREATE INDEX search_document_message_id_idx ON search_document (message_id) WHERE message_id IS NOT NULL",
    "CREATE INDEX search_document_contact_id_idx ON search_document (contact_id) WHERE contact_id IS NOT NULL",
    "CREATE INDEX search_document_terms_idx ON search_document USING gin (terms) WITH (gin_pending_list_limit = 512)",
    "CREATE INDEX conversation_waiting_idx ON conversation (org_id, last_activity_at DESC, id DESC)
     WHERE waiting_since IS NOT NULL",
    // SQLite takes `conversation_assignee_idx` for those without one; PostgreSQL would have to sort.
    "CREATE INDEX conversation_unassigned_idx ON conversation (org_id, last_activity_at DESC, id DESC)
     WHERE assignee_id IS NULL",
];

/// `docid` is SQLite's own row number, so that the text index has the same. The text index keeps no text, and no places of
/// terms: whether words stand together, the message itself is asked. Our terms are letters and digits, one space apart; of the
/// tokenizers that leave them alone, `ascii` does nothing else.
const SQLITE: [&str; 6] = [
    "CREATE TABLE search_document (
         docid integer NOT NULL PRIMARY KEY, org_id uuid_text NOT NULL, message_id uuid_text, contact_id uuid_text,
         CONSTRAINT search_document_message_id_fkey FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE CASCADE,
         CONSTRAINT search_document_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact (id) ON DELETE CASCADE)",
    "CREATE INDEX search_document_message_id_idx ON search_document (message_id) WHERE message_id IS NOT NULL",
    "CREATE INDEX search_document_contact_id_idx ON search_document (contact_id) WHERE contact_id IS NOT NULL",
    "CREATE VIRTUAL TABLE search_index USING fts5(
         terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')",
    "CREATE TRIGGER search_document_deleted AFTER DELETE ON search_document BEGIN
         DELETE FROM search_index WHERE rowid = old.docid;
     END",
    "CREATE INDEX conversation_waiting_idx ON conversation (org_id, last_activity_at DESC, id DESC)
     WHERE waiting_since IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("search_progress")
                    .col(id("org_id"))
                    .col(count("number"))
                    .col(count("event_seq"))
                    .primary_key(&mut primary_key("search_progress_pkey", &["org_id"]))
                    .to_owned(),
            )
            .await?;
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        for statement in if postgres { POSTGRES } else { SQLITE } {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
