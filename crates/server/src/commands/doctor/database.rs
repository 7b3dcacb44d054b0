//! The database: reachable, of this version, whole, durable, and with the same time.

use super::{DoctorOptions, Finding, files, with_causes};
use secrecy::ExposeSecret;
use server::clock::{Clock, SystemClock};
use server::config::Config;
use std::time::Duration;
use store::{Database, DatabaseOptions, StoreError};

const CLOCKS_APART_MILLIS: i64 = 2_000;
/// How long one question of a thorough look may take: it reads every message.
const THOROUGH: Duration = Duration::from_secs(60 * 60);

pub(super) async fn look(config: &Config, options: &DoctorOptions) -> Vec<Finding> {
    let url = config.database_url();
    let url = url.expose_secret();
    if let Some(file) = store::maintenance::sqlite_file(url).filter(|file| !file.is_file()) {
        let detail = format!("{} is not there", file.display());
        return vec![Finding::warning("database", detail, "The first start makes it; later it must not be missing.")];
    }
    let patience = if options.thorough { THOROUGH } else { DatabaseOptions::default().statement_timeout };
    let connections = DatabaseOptions { readers: 2, statement_timeout: patience, ..DatabaseOptions::default() };
    let db = match Database::connect(url, &connections).await {
        Ok(db) => db,
        Err(error) => return vec![unreachable(&error)],
    };
    let mut findings = Vec::new();
    if let Err(error) = looks(&db, config, options, &mut findings).await {
        findings.push(if findings.is_empty() { unreachable(&error) } else { broken_off(&error) });
    }
    if let Err(error) = db.close().await {
        findings.push(unreachable(&error));
    }
    findings
}

/// It answered before.
fn broken_off(error: &StoreError) -> Finding {
    Finding::failed("looking", with_causes(error), "What comes after the last finding was not looked at: try again.")
}

fn unreachable(error: &StoreError) -> Finding {
    let advice = "Check database.url, that the database runs, and that it lets this user in.";
    Finding::failed("database", with_causes(error), advice)
}

async fn looks(
    db: &Database,
    config: &Config,
    options: &DoctorOptions,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let thorough = options.thorough;
    findings.push(Finding::ok("database", db.product().await?));

    let schema = db.schema().await?;
    findings.push(match (schema.unknown.as_slice(), schema.pending.as_slice()) {
        ([], []) => Finding::ok("schema", format!("{} migrations, all applied", schema.applied.len())),
        ([], pending) => Finding::warning(
            "schema",
            format!("{} migrations are missing: {}", pending.len(), pending.join(", ")),
            "The next start applies them; make a backup with the version that runs now before.",
        ),
        (unknown, _) => Finding::failed(
            "schema",
            format!("a newer version has been here: {}", unknown.join(", ")),
            "Use that version, or restore a backup from before.",
        ),
    });

    let damage = db.damage(thorough).await?;
    findings.push(match damage.first() {
        None => Finding::ok("integrity", if thorough { "every page is whole" } else { "no damage in a quick look" }),
        Some(first) => Finding::failed(
            "integrity",
            format!("{first} ({} findings)", damage.len()),
            "Stop the server, keep a copy of the file, and restore the last backup.",
        ),
    });

    if thorough && schema.pending.is_empty() && schema.unknown.is_empty() {
        let faults = store::integrity::check(db.reader()).await?;
        findings.push(match faults.first() {
            None => Finding::ok("rules", "every number fits the messages that it counts"),
            Some(first) => Finding::failed(
                "rules",
                format!("{first} ({} findings)", faults.len()),
                "Nothing that Parlor does leads here: please report it with this text. It holds no message.",
            ),
        });
        findings.extend(files::missing(config, db, options.offline).await?);
    }

    for (name, value, holds) in db.durability().await? {
        if !holds {
            let advice = "What was acknowledged may be lost in a power cut: set it back to its default.";
            findings.push(Finding::failed("durability", format!("{name} is {value}"), advice));
        }
    }
    if findings.iter().all(|finding| finding.check != "durability") {
        findings.push(Finding::ok("durability", "commits reach the disk before they are acknowledged"));
    }

    // SQLite has no clock but ours.
    if !config.database_url().expose_secret().starts_with("postgres") {
        return Ok(());
    }
    let apart = SystemClock.now().millis_since(db.now().await?);
    findings.push(if apart.abs() > CLOCKS_APART_MILLIS {
        let detail = format!("{apart} ms ahead of the database's");
        Finding::warning("database clock", detail, "Use NTP on both machines.")
    } else {
        Finding::ok("database clock", "the same as ours")
    });
    Ok(())
}
