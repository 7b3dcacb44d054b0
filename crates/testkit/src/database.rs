//! A fresh database for each test.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Db {
    /// A file of its own.
    Sqlite,
    /// A database of its own on the server that `PARLOR_TEST_POSTGRES_URL` names.
    Postgres,
}

/// A database that lasts as long as its test, across restarts of the server.
#[derive(Debug)]
pub struct Fresh {
    /// Where the server connects.
    pub url: String,
    /// The data folder.
    pub folder: TempDir,
    /// The PostgreSQL server and the name of the database there.
    postgres: Option<(String, String)>,
}

impl Fresh {
    /// Makes an empty one; `None` when there is no PostgreSQL and none is demanded.
    pub async fn make(db: Db) -> Option<Self> {
        Self::made_from(db, None).await
    }

    /// The same for a server, which finds its schema in it already, where whoever runs the tests has prepared a database to copy:
    /// the name of one, or the path of a file.
    pub async fn for_server(db: Db) -> Option<Self> {
        let template = match db {
            Db::Sqlite => "PARLOR_TEST_SQLITE_TEMPLATE",
            Db::Postgres => "PARLOR_TEST_POSTGRES_TEMPLATE",
        };
        Self::made_from(db, std::env::var(template).ok()).await
    }

    async fn made_from(db: Db, template: Option<String>) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        match db {
            Db::Sqlite => {
                let file = folder.path().join("parlor.db");
                if let Some(template) = template {
                    std::fs::copy(template, &file).expect("the prepared file can be copied");
                }
                Some(Self { url: format!("sqlite://{}", file.display()), folder, postgres: None })
            }
            Db::Postgres => {
                let server = postgres_server()?;
                let name = unused_name();
                execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                execute(&server, &format!("CREATE DATABASE {name}{} STRATEGY wal_log", of(template))).await;
                let (base, _) = server.rsplit_once('/').expect("a PostgreSQL url ends with a database");
                Some(Self { url: format!("{base}/{name}"), folder, postgres: Some((server, name)) })
            }
        }
    }

    /// Removes what would outlive the process.
    pub async fn remove(&self) {
        if let Some((server, name)) = &self.postgres {
            execute(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

fn postgres_server() -> Option<String> {
    let found = std::env::var("PARLOR_TEST_POSTGRES_URL").ok();
    if found.is_none() {
        assert!(
            std::env::var("PARLOR_TEST_REQUIRE_POSTGRES").as_deref() != Ok("1"),
            "PARLOR_TEST_POSTGRES_URL is not set, and PARLOR_TEST_REQUIRE_POSTGRES=1 asks for it"
        );
        println!("skipped: PARLOR_TEST_POSTGRES_URL names no PostgreSQL");
    }
    found
}

fn of(template: Option<String>) -> String {
    template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default()
}

fn unused_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("parlor_it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Not by way of the store: it reads on connections that cannot write.
async fn execute(server: &str, statement: &str) {
    let db = sea_orm::Database::connect(server).await.expect("PostgreSQL answers");
    db.execute_unprepared(statement).await.expect("the statement is carried out");
    db.close().await.expect("the connection closes");
}

/// Every value of every table as text: for proofs that something is not in the database.
pub async fn everything_stored<C: ConnectionTrait>(db: &C) -> String {
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let tables = if sqlite {
        "SELECT name AS said FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT tablename AS said FROM pg_tables WHERE schemaname = 'public'"
    };
    let mut everything = String::new();
    for table in texts(db, tables).await {
        let rows = if sqlite {
            let columns = texts(db, &format!("SELECT name AS said FROM pragma_table_info('{table}')")).await;
            let quoted: Vec<String> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            format!("SELECT {} AS said FROM \"{table}\"", quoted.join(" || ' ' || "))
        } else {
            format!("SELECT t::text AS said FROM \"{table}\" t")
        };
        everything.push_str(&texts(db, &rows).await.join("\n"));
        everything.push('\n');
    }
    everything
}

/// The column `said` of every row.
async fn texts<C: ConnectionTrait>(db: &C, question: &str) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), question)).await.expect("an answer");
    rows.iter().map(|row| row.try_get("", "said").expect("a text")).collect()
}
