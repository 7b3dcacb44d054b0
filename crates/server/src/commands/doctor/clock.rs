//! Time: does this machine's clock agree with those of others. Nothing on the machine itself can say so but whoever keeps the
//! clock by the network's time.

use super::Finding;
use actix_web::http::header::{DATE, HttpDate};
use server::clock::{Clock, SystemClock};
use server::config::Config;
use server::outgoing;
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};
use types::time::Timestamp;

/// 2026-01-01: no clock of a machine that runs this program is before it.
const EARLIEST: Timestamp = Timestamp(1_767_225_600_000);
/// Clocks further apart than this are wrong. A `Date` has whole seconds, and the answer has been on its way.
const APART_MILLIS: i64 = 5_000;
const PATIENCE: Duration = Duration::from_secs(5);
const ADVICE: &str =
    "Set the clock, best by NTP: sessions and codes expire by it, and messages are told under its time.";

/// What this machine says of its own clock.
pub(super) fn own() -> Finding {
    let now = SystemClock.now();
    if now < EARLIEST {
        return Finding::failed("clock", format!("it says {now}"), ADVICE);
    }
    match is_synchronised() {
        Some(true) => Finding::ok("clock", format!("{now}, kept by the network's time")),
        Some(false) => Finding::warning("clock", format!("{now}, and nothing keeps it by the network's time"), ADVICE),
        None => Finding::ok("clock", format!("{now}; nobody on this machine says whether it is right")),
    }
}

/// Whether the kernel takes the clock for one that is kept by NTP, as systemd tells; nothing where nobody does, as in containers.
fn is_synchronised() -> Option<bool> {
    let mut command = Command::new("timedatectl");
    command.args(["show", "--property=NTPSynchronized", "--value"]).stdin(Stdio::null()).stderr(Stdio::null());
    let said = command.output().ok().filter(|said| said.status.success())?.stdout;
    match String::from_utf8_lossy(&said).trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What others say: whoever the server has to do with over HTTP.
pub(super) async fn of_others(config: &Config) -> Vec<Finding> {
    let mut others = vec![("public url", config.public_url.clone())];
    if !config.uploads.s3.bucket.is_empty() && !config.uploads.s3.endpoint.is_empty() {
        others.push(("bucket", config.uploads.s3.endpoint.clone()));
    }
    let mut findings = Vec::new();
    for (who, url) in others {
        // Whether it answers as it should is another question, which others ask.
        let Some(date) = date_of(&url).await else { continue };
        let apart = SystemClock.now().millis_since(date);
        findings.push(if apart.abs() > APART_MILLIS {
            let way = if apart < 0 { "behind" } else { "ahead of" };
            let detail = format!("{} seconds {way} the {who}'s", apart.unsigned_abs().div_euclid(1000));
            Finding::warning("clock elsewhere", detail, ADVICE)
        } else {
            Finding::ok("clock elsewhere", format!("the {who} has the same time"))
        });
    }
    findings
}

/// The time by which whoever is at this address answers, however they do.
async fn date_of(url: &str) -> Option<Timestamp> {
    let answer = outgoing::client(PATIENCE, true).ok()?.head(url).send().await.ok()?;
    let date: HttpDate = answer.headers().get(DATE.as_str())?.to_str().ok()?.parse().ok()?;
    let since = std::time::SystemTime::from(date).duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp(i64::try_from(since.as_millis()).ok()?))
}
