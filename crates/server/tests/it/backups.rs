//! `parlor backup` and `parlor restore`: consistent while messages are written, the same on both databases and between them.

use crate::program::{parlor, run, said};
use flate2::read::GzDecoder;
use serde_json::Value;
use server::backup::{self, Manifest, Whole};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{Db, Fresh, TestServer, db_tests};

db_tests!(
    a_backup_under_load_shows_one_moment,
    a_backup_moves_between_the_databases_and_back,
    a_restored_server_goes_on,
    what_would_lose_something_is_refused,
    an_older_backup_is_brought_up_to_date_and_a_newer_one_refused,
    every_table_is_in_a_backup,
);

/// Settings that name a database and its folder.
pub(crate) async fn command(url: &str, folder: &Path, arguments: &[&str]) -> std::process::Output {
    let folder = folder.to_str().unwrap();
    run(parlor(&[("PARLOR_DATABASE__URL", url), ("PARLOR_DATA_DIR", folder)], arguments), "").await
}

pub(crate) async fn back_up(server: &TestServer, file: &Path) -> Manifest {
    let output = command(server.database_url(), server.data_dir(), &["backup", file.to_str().unwrap()]).await;
    assert!(output.status.success(), "{}", said(&output));
    backup::verify(file, &mut |_| {}).unwrap().manifest
}

async fn restore(file: &Path, into: &Fresh) {
    let output = command(&into.url, into.folder.path(), &["restore", file.to_str().unwrap()]).await;
    assert!(output.status.success(), "{}", said(&output));
}

/// The rows of a backup by table, each by its columns' names: the format is open, so nothing of ours is needed to read it.
pub(crate) fn rows(file: &Path) -> HashMap<String, Vec<HashMap<String, Value>>> {
    let mut found: HashMap<String, Vec<_>> = HashMap::new();
    let mut table = (String::new(), Vec::new());
    for line in BufReader::new(GzDecoder::new(std::fs::File::open(file).unwrap())).lines() {
        match serde_json::from_str(&line.unwrap()).unwrap() {
            Value::Array(row) => {
                let row = table.1.iter().cloned().zip(row).collect();
                found.entry(table.0.clone()).or_default().push(row);
            }
            mark if mark["table"].is_object() => {
                let columns = mark["table"]["columns"].as_array().unwrap();
                let columns = columns.iter().map(|column| column["name"].as_str().unwrap().to_owned()).collect();
                table = (mark["table"]["name"].as_str().unwrap().to_owned(), columns);
            }
            _ => {}
        }
    }
    found
}

/// An organisation whose visitors have written.
async fn populated(server: &TestServer) -> testkit::Organisation {
    let organisation = server.organisation().await;
    let channel = organisation.channel().await;
    for name in ["甲", "乙", "丙"] {
        let visitor = server.visit(&channel.key, None).await;
        let message = visitor.say(&format!("我是{name} 'quoted' \\ \u{1F600}\n第二行")).await;
        organisation.admin.say(message.conversation_id, "您好").await;
    }
    organisation
}

async fn a_backup_under_load_shows_one_moment(server: TestServer) {
    let organisation = populated(&server).await;
    let channel = organisation.channel().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for _ in 0..4 {
        let visitor = server.visit(&channel.key, None).await;
        // The first is there before the backup begins.
        visitor.say("开始").await;
        let stop = Arc::clone(&stop);
        writers.push(tokio::spawn(async move {
            let mut said = 1_usize;
            while !stop.load(Ordering::Relaxed) {
                visitor.say("还在写").await;
                said += 1;
            }
            said
        }));
    }
    let file = server.data_dir().join("under-load.backup");
    let manifest = back_up(&server, &file).await;
    stop.store(true, Ordering::Relaxed);
    let mut said = 6;
    for writer in writers {
        said += writer.await.unwrap();
    }

    let rows = rows(&file);
    let text = |row: &HashMap<String, Value>, column: &str| row[column].as_str().unwrap().to_owned();
    let number = |row: &HashMap<String, Value>, column: &str| row[column].as_i64().unwrap();
    let mut messages: HashMap<String, Vec<i64>> = HashMap::new();
    for message in &rows["message"] {
        messages.entry(text(message, "conversation_id")).or_default().push(number(message, "seq"));
    }
    let backed_up: usize = messages.values().map(Vec::len).sum();
    assert!(backed_up >= 10 && backed_up < said, "{backed_up} of {said}: the load went on behind the backup's moment");
    assert_eq!(rows["conversation"].len(), messages.len());
    for conversation in &rows["conversation"] {
        let mut seqs = messages[&text(conversation, "id")].clone();
        seqs.sort_unstable();
        let complete: Vec<i64> = (1..=number(conversation, "last_seq")).collect();
        assert_eq!(seqs, complete, "each conversation has the messages that it counts, and no others");
    }
    for organisation in &rows["organisation"] {
        let events = rows["event"].iter().filter(|event| event["org_id"] == organisation["id"]);
        let newest = events.clone().map(|event| number(event, "seq")).max();
        assert_eq!(newest, Some(number(organisation, "last_event_seq")));
        assert_eq!(newest, i64::try_from(events.count()).ok());
    }
    assert_eq!(
        manifest.tables.iter().find(|table| table.name == "message").unwrap().rows,
        u64::try_from(backed_up).unwrap()
    );
}

async fn a_backup_moves_between_the_databases_and_back(server: TestServer) {
    populated(&server).await;
    let (home, away) = if server.is_sqlite() { (Db::Sqlite, Db::Postgres) } else { (Db::Postgres, Db::Sqlite) };
    let first_file = server.data_dir().join("first.backup");
    let first = back_up(&server, &first_file).await;
    assert!(first.tables.iter().filter(|table| table.rows > 0).count() >= 8, "{first:?}");

    let mut file = first_file;
    for db in [away, home] {
        let Some(fresh) = Fresh::make(db).await else { return };
        restore(&file, &fresh).await;
        let next = fresh.folder.path().join("next.backup");
        let output = command(&fresh.url, fresh.folder.path(), &["backup", next.to_str().unwrap()]).await;
        assert!(output.status.success(), "{}", said(&output));
        let again = backup::verify(&next, &mut |_| {}).unwrap().manifest;
        assert_eq!(again.tables, first.tables, "every table has the same rows, to the byte");
        let kept = server.data_dir().join(format!("{db:?}.backup"));
        std::fs::copy(&next, &kept).unwrap();
        file = kept;
        fresh.remove().await;
    }
}

async fn a_restored_server_goes_on(server: TestServer) {
    let organisation = populated(&server).await;
    let file = server.data_dir().join("whole.backup");
    let output =
        command(server.database_url(), server.data_dir(), &["backup", "--include-secret-key", file.to_str().unwrap()])
            .await;
    assert!(output.status.success(), "{}", said(&output));
    let here = if server.is_sqlite() { Db::Sqlite } else { Db::Postgres };
    let fresh = Fresh::make(here).await.unwrap();
    restore(&file, &fresh).await;
    let key = fresh.folder.path().join("secret.key");
    assert_eq!(std::fs::read(&key).unwrap(), std::fs::read(server.data_dir().join("secret.key")).unwrap());
    #[cfg(unix)]
    for private in [&key, &file] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(private).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let (url, folder) = (fresh.url.clone(), fresh.folder.path().to_owned());
    server
        .reconfigure(|config| {
            config.database.url = url.into();
            config.data_dir = folder;
        })
        .await;
    // The old access token is good: same key, same sessions. Counters go on where they were.
    let listed: Value = organisation.admin.get("/api/v1/conversations").await.having(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let conversation = serde_json::from_value(listed["items"][0]["id"].clone()).unwrap();
    assert_eq!(organisation.admin.say(conversation, "接着聊").await.seq, 3);
    organisation.admin.on_another_device().await.get("/api/v1/me").await.expect(200);
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    server.stop().await;
    fresh.remove().await;
}

async fn what_would_lose_something_is_refused(server: TestServer) {
    populated(&server).await;
    let folder = server.data_dir();
    let file = folder.join("whole.backup");
    back_up(&server, &file).await;
    let path = file.to_str().unwrap();
    let refused = async |arguments: &[&str], why: &str| {
        let output = command(server.database_url(), folder, arguments).await;
        assert!(!output.status.success() && said(&output).contains(why), "{arguments:?}: {}", said(&output));
    };
    refused(&["backup", path], "is there already").await;
    refused(&["restore", path], "the database is in use").await;
    refused(&["restore", "--force", "--yes", path], "the database is in use").await;

    // A file that broke off, that was changed, that is none of ours.
    let bytes = std::fs::read(&file).unwrap();
    let broken = folder.join("broken.backup");
    std::fs::write(&broken, &bytes[..bytes.len() - 20]).unwrap();
    refused(&["restore", broken.to_str().unwrap()], "damaged").await;
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.replace("我是甲", "我是丁").as_bytes()).unwrap();
    std::fs::write(&broken, gzip.finish().unwrap()).unwrap();
    refused(&["restore", "--check", broken.to_str().unwrap()], "the rows of").await;
    std::fs::write(&broken, "something else").unwrap();
    refused(&["restore", broken.to_str().unwrap()], "no backup").await;
    let checked = command(server.database_url(), folder, &["restore", "--check", path]).await;
    assert!(checked.status.success() && said(&checked).contains("it is whole"), "{}", said(&checked));

    // Without a server it asks before it replaces anything, and nobody is here to answer.
    server.stop().await;
    refused(&["restore", path], "is not empty").await;
    refused(&["restore", "--force", path], "nothing was changed").await;
    let forced = command(server.database_url(), folder, &["restore", "--force", "--yes", path]).await;
    assert!(forced.status.success(), "{}", said(&forced));
    let again = folder.join("again.backup");
    let first = backup::verify(&file, &mut |_| {}).unwrap().manifest;
    assert_eq!(back_up(&server, &again).await.tables, first.tables);
}

/// The same backup, as a version with other migrations would have written it.
fn with_migrations(file: &Path, change: impl FnOnce(&mut Vec<Value>)) {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    let mut header: Value = serde_json::from_str(header).unwrap();
    change(header["migrations"].as_array_mut().unwrap());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(format!("{header}\n{rest}").as_bytes()).unwrap();
    std::fs::write(file, gzip.finish().unwrap()).unwrap();
}

/// A backup with the schema of its day: an organisation, an agent, two messages. What was written once must be readable for
/// ever, so this file is never made anew.
const OLD: &[u8] = include_bytes!("written-at-m0004.backup");

async fn an_older_backup_is_brought_up_to_date_and_a_newer_one_refused(server: TestServer) {
    let file = server.data_dir().join("old.backup");
    std::fs::write(&file, OLD).unwrap();
    let Whole { header, manifest: old, .. } = backup::verify(&file, &mut |_| {}).unwrap();
    assert_eq!(header.migrations.last().map(String::as_str), Some("m0004_ledger"));
    assert_eq!((header.version, &old.files), (1, &None), "from before there were files");
    let fresh = Fresh::make(if server.is_sqlite() { Db::Sqlite } else { Db::Postgres }).await.unwrap();
    restore(&file, &fresh).await;
    let again = fresh.folder.path().join("again.backup");
    let output = command(&fresh.url, fresh.folder.path(), &["backup", again.to_str().unwrap()]).await;
    assert!(output.status.success(), "{}", said(&output));
    let Whole { header, manifest, .. } = backup::verify(&again, &mut |_| {}).unwrap();
    // By their names; they were not always made in the order of those.
    let mut ours = store::maintenance::migration_names();
    ours.sort();
    assert_eq!(header.migrations, ours);
    let rows = |manifest: &Manifest, name: &str| {
        manifest.tables.iter().find(|table| table.name == name).map(|table| table.rows)
    };
    for table in &old.tables {
        assert_eq!(rows(&manifest, &table.name), Some(table.rows), "{}", table.name);
    }

    with_migrations(&again, |migrations| migrations.push("m9999_the_future".into()));
    let arguments = ["restore", "--force", "--yes", again.to_str().unwrap()];
    let output = command(&fresh.url, fresh.folder.path(), &arguments).await;
    assert!(!output.status.success() && said(&output).contains("knows m9999_the_future"), "{}", said(&output));

    // Nothing was touched by the refusal, and the server of today works on it.
    let (url, folder) = (fresh.url.clone(), fresh.folder.path().to_owned());
    server
        .reconfigure(|config| {
            config.database.url = url.into();
            config.data_dir = folder;
        })
        .await;
    let agent = server.anonymous().sign_in_with("zhang.san", "password 1").await;
    let listed: Value = agent.get("/api/v1/conversations").await.having(200).json();
    assert_eq!(listed["items"][0]["last_seq"], 2, "{listed}");
    assert_eq!(store::integrity::check(server.state().db.reader()).await.unwrap(), []);
    server.stop().await;
    fresh.remove().await;
}

async fn every_table_is_in_a_backup(server: TestServer) {
    use store::ConnectionTrait;
    let state = server.state();
    let sql = if server.is_sqlite() {
        "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    } else {
        "SELECT table_name::text || '.' || column_name::text FROM information_schema.columns WHERE table_schema = 'public'"
    };
    let backend = state.db.reader().get_database_backend();
    let found = state.db.reader().query_all_raw(sea_orm::Statement::from_string(backend, sql)).await.unwrap();
    let mut found: Vec<String> = found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    // The search index is worked out from the others.
    let left_out = ["seaql_migrations.", "write_trial.", "search_"];
    found.retain(|column| !left_out.iter().any(|prefix| column.starts_with(prefix)));
    found.sort_unstable();
    let mut known: Vec<String> = store::portable::tables()
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)))
        .collect();
    known.sort_unstable();
    assert_eq!(known, found, "a new table or column belongs into store::portable::tables");
}
