//! The store against real databases: every test runs on SQLite and, where one is named, on PostgreSQL.
#![expect(clippy::disallowed_methods, reason = "tests look at whole tables behind the scopes' back")]

mod accounts;
mod attachments;
mod audit;
mod cancelled;
mod channels;
mod contact_list;
mod contacts;
mod integrity;
mod isolation;
mod ledger;
mod model;
mod paging;
mod plans;
mod proof;
mod reading;
mod recovery;
mod schema;
mod search;
mod sending;
mod servers;
mod tags;
mod webhooks;
mod welcome;
mod world;
mod writer;
