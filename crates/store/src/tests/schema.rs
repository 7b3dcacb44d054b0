//! The schema itself: names, tenancy, migrating twice and together.

use super::world::{World, on_both};
use crate::error::Constraint;
use crate::{Database, DatabaseOptions};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::BTreeSet;

on_both!(
    every_unique_index_is_a_known_constraint,
    every_table_belongs_to_an_organisation,
    migrating_again_changes_nothing,
    a_migration_that_fails_leaves_nothing_and_several_servers_make_one_schema,
    memory_databases_are_refused,
    readers_cannot_write,
);

async fn strings(world: &World, sql: &str) -> BTreeSet<String> {
    let rows = world.reader().query_all_raw(Statement::from_string(world.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

async fn every_unique_index_is_a_known_constraint(world: World) {
    let sql = match world.backend() {
        DbBackend::Postgres => {
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
             JOIN pg_namespace n ON n.oid = t.relnamespace
             WHERE n.nspname = 'public' AND x.indisunique AND NOT x.indisprimary"
        }
        // SQLite tells the columns when a constraint is violated, so both are compared.
        _ => {
            "SELECT i.name || ' = ' || group_concat(m.name || '.' || c.name, ', ')
             FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
             WHERE m.type = 'table' AND i.\"unique\" AND i.origin = 'c' GROUP BY i.name"
        }
    };
    let known: BTreeSet<String> = Constraint::UNIQUE
        .iter()
        .map(|(_, name, columns)| match world.backend() {
            DbBackend::Postgres => (*name).to_owned(),
            _ => format!("{name} = {columns}"),
        })
        .collect();
    assert_eq!(strings(&world, sql).await, known);
}

async fn every_table_belongs_to_an_organisation(world: World) {
    let (tables, with_org) = match world.backend() {
        DbBackend::Postgres => (
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
            "SELECT table_name::text FROM information_schema.columns
             WHERE table_schema = 'public' AND column_name = 'org_id' AND is_nullable = 'NO'",
        ),
        _ => (
            // The text index keeps terms and numbers of documents, and is asked for one organisation's documents only.
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search\\_index%' ESCAPE '\\'",
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.name = 'org_id' AND c.\"notnull\"",
        ),
    };
    let (tables, with_org) = (strings(&world, tables).await, strings(&world, with_org).await);
    let without: Vec<_> = tables.difference(&with_org).map(String::as_str).collect();
    assert_eq!(without, ["organisation", "seaql_migrations", "verification_code", "write_trial"]);
}

async fn migrating_again_changes_nothing(world: World) {
    let before = strings(&world, "SELECT version FROM seaql_migrations").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        let one_reader = DatabaseOptions { readers: 1, ..DatabaseOptions::default() };
        others.push(Database::connect(&world.url, &one_reader).await.unwrap());
    }
    for outcome in futures_util::future::join_all(others.iter().map(Database::migrate)).await {
        outcome.unwrap();
    }
    assert_eq!(strings(&world, "SELECT version FROM seaql_migrations").await, before);
    for other in others {
        other.ping().await.unwrap();
        other.close().await.unwrap();
        assert!(other.ping().await.is_err(), "closed");
    }
    assert_eq!(before.len(), crate::maintenance::migration_names().len());
}

/// A database in which nothing was made yet, and how to open it.
async fn empty(world: &World) -> String {
    if world.backend() == DbBackend::Postgres {
        let anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
        world.db.writer().execute_unprepared(anew).await.unwrap();
        return world.url.clone();
    }
    world.url.replace("parlor.db", "empty.db")
}

async fn a_migration_that_fails_leaves_nothing_and_several_servers_make_one_schema(world: World) {
    world.writer.stop().await;
    let url = empty(&world).await;
    let mut servers = Vec::new();
    for _ in 0..3 {
        servers.push(Database::connect(&url, &DatabaseOptions::default()).await.unwrap());
    }
    // In the way of the last one.
    servers[0].writer().execute_unprepared("CREATE TABLE search_document (n integer)").await.unwrap();
    servers[0].migrate().await.unwrap_err();
    let tables = match world.backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let rows = servers[0].writer().query_all_raw(Statement::from_string(world.backend(), tables)).await.unwrap();
    let left: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert_eq!(left, ["search_document"], "not even the first one");

    servers[0].writer().execute_unprepared("DROP TABLE search_document").await.unwrap();
    for outcome in futures_util::future::join_all(servers.iter().map(Database::migrate)).await {
        outcome.unwrap();
    }
    assert_eq!(servers[2].schema().await.unwrap().pending, Vec::<String>::new());
    for server in servers {
        server.close().await.unwrap();
    }
}

async fn memory_databases_are_refused(_world: World) {
    for url in ["sqlite::memory:", "sqlite://file?mode=memory"] {
        assert!(Database::connect(url, &DatabaseOptions::default()).await.is_err(), "{url}");
    }
}

async fn readers_cannot_write(world: World) {
    let outcome = world.reader().execute_unprepared("UPDATE organisation SET name = 'x'").await;
    assert!(outcome.is_err());
    assert!(world.db.writer().execute_unprepared("UPDATE organisation SET name = 'x'").await.is_ok());
}
