//! Integration tests: the real server over real HTTP and sockets, on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test: what fails here fails the test; Clippy takes only functions marked #[test] for one"
)]

mod addresses;
mod agents;
mod api_tokens;
mod assignment;
mod attachment_limits;
mod attachments;
mod audit;
mod auth;
mod authorisation;
mod avatars;
mod backup_files;
mod backups;
mod bad_input;
mod bucket;
mod channel_tree;
mod channels;
mod commands;
mod contact_imports;
mod contact_list;
mod contact_merges;
mod contact_merges_undone;
mod contacts;
mod conversation_settings;
mod conversations;
mod custom_fields;
mod deploy;
mod domains;
mod erasing;
mod forgotten_password;
mod guessing;
mod health;
mod held_back;
mod identity;
mod live;
mod logs;
mod me;
mod members;
mod messages;
mod meta;
mod metrics;
mod notes;
mod one_server;
mod openapi;
mod outage;
mod people;
mod pre_chat;
mod program;
mod push;
mod quoting;
mod realtime;
mod recalling;
mod registration;
mod saved_views;
mod scene;
mod search;
mod second_factor;
mod security;
mod senders;
mod servers;
mod snoozing;
mod stopping;
mod style;
mod tags;
mod translating;
mod typing;
mod views;
mod visitors;
mod watching;
mod webhooks;
mod welcome;
mod wire;
