//! The schema's history, for SQLite and PostgreSQL alike.
//!
//! Migrations only ever expand; see the README. Names are given to every index and constraint, because `store` maps the
//! violated ones to errors by name.
#![expect(elided_lifetimes_in_paths, reason = "the trait's own signature elides it, and `async_trait` wants the same")]

pub use sea_orm_migration::MigratorTrait;

mod columns;
mod m0001_organisations;
mod m0002_channels;
mod m0003_conversations;
mod m0004_ledger;
mod m0005_write_trials;
mod m0006_attachments;
mod m0007_conversation_settings;
mod m0008_search;
mod m0009_recalled_messages;
mod m0010_notes;
mod m0011_conversation_members;
mod m0012_saved_views;
mod m0013_unsent_preview;
mod m0014_setup_wizard;
mod m0015_push_subscriptions;
mod m0016_welcome;
mod m0017_cleared_events;
mod m0018_member_changes;
mod m0019_avatars;
mod m0020_file_limits;
mod m0021_mentioned;
mod m0022_push_mine_only;
mod m0023_organisation_file_limit;
mod m0024_tags;
mod m0025_people;
mod m0026_channel_tree;
mod m0027_contact_list;
mod m0028_second_factors;
mod m0029_assignment;
mod m0030_api_tokens;
mod m0031_webhooks;
mod m0032_audit_log;
mod m0033_style_versions;
mod m0034_custom_fields;
mod m0035_identity;
mod m0036_agent_views;
mod m0037_contact_imports;
mod m0038_channel_domains;
mod m0039_snoozing;
mod m0040_view_ends;
mod m0042_imported_contacts;
mod m0043_contact_merges;

use sea_orm_migration::MigrationTrait;

/// Every migration, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[sea_orm_migration::async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organisations::Migration),
            Box::new(m0002_channels::Migration),
            Box::new(m0003_conversations::Migration),
            Box::new(m0004_ledger::Migration),
            Box::new(m0005_write_trials::Migration),
            Box::new(m0006_attachments::Migration),
            Box::new(m0007_conversation_settings::Migration),
            Box::new(m0008_search::Migration),
            Box::new(m0009_recalled_messages::Migration),
            Box::new(m0010_notes::Migration),
            Box::new(m0011_conversation_members::Migration),
            Box::new(m0012_saved_views::Migration),
            Box::new(m0013_unsent_preview::Migration),
            Box::new(m0014_setup_wizard::Migration),
            Box::new(m0015_push_subscriptions::Migration),
            Box::new(m0016_welcome::Migration),
            Box::new(m0017_cleared_events::Migration),
            Box::new(m0018_member_changes::Migration),
            // It came before the other one, though not by its number: a backup has those that there were.
            Box::new(m0020_file_limits::Migration),
            Box::new(m0019_avatars::Migration),
            Box::new(m0021_mentioned::Migration),
            Box::new(m0022_push_mine_only::Migration),
            Box::new(m0023_organisation_file_limit::Migration),
            Box::new(m0024_tags::Migration),
            Box::new(m0025_people::Migration),
            Box::new(m0026_channel_tree::Migration),
            Box::new(m0027_contact_list::Migration),
            Box::new(m0028_second_factors::Migration),
            Box::new(m0029_assignment::Migration),
            Box::new(m0030_api_tokens::Migration),
            Box::new(m0031_webhooks::Migration),
            Box::new(m0032_audit_log::Migration),
            Box::new(m0033_style_versions::Migration),
            Box::new(m0034_custom_fields::Migration),
            Box::new(m0035_identity::Migration),
            Box::new(m0036_agent_views::Migration),
            Box::new(m0037_contact_imports::Migration),
            Box::new(m0038_channel_domains::Migration),
            Box::new(m0039_snoozing::Migration),
            Box::new(m0040_view_ends::Migration),
            Box::new(m0042_imported_contacts::Migration),
            Box::new(m0043_contact_merges::Migration),
        ]
    }
}
