//! Where audit entries came from, and what they are looked for by.
//!
//! What the entries of before were about stands in their payload and is read out of it here. A server of the release before adds rows
//! without it while both run: those are in the list, and found by everything but the indexes of what is new.

use crate::columns::{newest_first, optional_id, optional_text};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The deeds that there were, by their groups.
const GROUPS: [(&str, &[&str]); 7] = [
    ("sign_in", &["password_reset", "second_factor_set", "second_factor_removed"]),
    (
        "conversations",
        &["conversation_cleared", "conversation_deleted", "member_added", "member_removed", "conversation_assigned"],
    ),
    ("contacts", &["contact_blocked", "contact_unblocked", "contacts_tagged"]),
    ("exports", &["contacts_exported"]),
    (
        "channels",
        &[
            "channel_assignment_set",
            "channel_created",
            "channel_updated",
            "channel_deleted",
            "channel_group_created",
            "channel_group_renamed",
            "channel_group_deleted",
            "channels_arranged",
        ],
    ),
    ("tags", &["tag_deleted", "tag_group_deleted"]),
    ("settings", &["file_limit_set", "welcome_set"]),
];

/// The ids that say what a deed was done to, the first that is there.
const SUBJECTS: [&str; 8] =
    ["conversation_id", "owner_id", "created_id", "edited_id", "removed_id", "tag_id", "group_id", "channel_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            optional_text("action"),
            optional_text("area"),
            optional_id("subject_id"),
            optional_text("ip"),
            optional_text("user_agent"),
        ];
        for mut column in columns {
            manager.alter_table(Table::alter().table("audit_entry").add_column(&mut column).to_owned()).await?;
        }
        let conn = manager.get_connection();
        let (action, contact, subjects) = match manager.get_database_backend() {
            DbBackend::Postgres => (
                "payload::json ->> 'type'".to_owned(),
                "(payload::json -> 'contact' ->> 'id')::uuid".to_owned(),
                SUBJECTS.map(|field| format!("payload::json ->> '{field}'")).join(", "),
            ),
            _ => (
                "json_extract(payload, '$.type')".to_owned(),
                "unhex(replace(json_extract(payload, '$.contact.id'), '-', ''))".to_owned(),
                SUBJECTS.map(|field| format!("json_extract(payload, '$.{field}')")).join(", "),
            ),
        };
        let subject = match manager.get_database_backend() {
            DbBackend::Postgres => format!("coalesce({subjects})::uuid"),
            _ => format!("unhex(replace(coalesce({subjects}), '-', ''))"),
        };
        let areas: String = GROUPS
            .iter()
            .map(|(area, actions)| format!("WHEN {action} IN ('{}') THEN '{area}' ", actions.join("', '")))
            .collect();
        // Whom the blacklist is about is the visitor, and not the channel. Handing on to a group has that group's id beside the
        // conversation's, which comes first.
        conn.execute_unprepared(&format!(
            "UPDATE audit_entry SET action = {action}, area = CASE {areas} ELSE 'people' END, \
             subject_id = CASE WHEN {action} IN ('contact_blocked', 'contact_unblocked') THEN {contact} ELSE {subject} END"
        ))
        .await?;
        for (index, column) in [
            ("audit_entry_agent_idx", "agent_id"),
            ("audit_entry_action_idx", "action"),
            ("audit_entry_area_idx", "area"),
            ("audit_entry_subject_idx", "subject_id"),
        ] {
            manager.create_index(newest_first(index, "audit_entry", &["org_id", column], "created_at")).await?;
        }
        Ok(())
    }
}
