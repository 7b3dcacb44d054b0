//! `parlor doctor`: looks at everything that the server stands on, and says what to do about what is wrong.

mod clock;
mod database;
mod files;
mod machine;
mod network;
mod redis;

use super::terminal::Terminal;
use super::{Outcome, runtime, with_causes};
use clap::Args;
use serde::Serialize;
use server::config::{Config, ConfigError, Loaded};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct DoctorOptions {
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Look through the whole database, which reads every page of it twice, and for every uploaded file that it names.
    #[arg(long)]
    thorough: bool,
    /// Ask nobody over the network: neither the public URL nor the bucket, Redis, the mail server or the gateway.
    #[arg(long)]
    offline: bool,
}

/// How one look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    /// As it should be.
    Ok,
    /// It works, but it may not be what was meant.
    Warning,
    /// The server cannot do its work so.
    Failed,
}

/// What one look found.
#[derive(Debug, Clone, Serialize)]
struct Finding {
    check: &'static str,
    grade: Grade,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, grade: Grade::Ok, detail: detail.into(), advice: None }
    }

    fn warning(check: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, grade: Grade::Warning, detail: detail.into(), advice: Some(advice.into()) }
    }

    fn failed(check: &'static str, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, grade: Grade::Failed, detail: detail.into(), advice: Some(advice.into()) }
    }
}

/// The whole report.
#[derive(Debug, Serialize)]
struct Report {
    healthy: bool,
    findings: Vec<Finding>,
}

pub(super) fn run(loaded: Result<Loaded, ConfigError>, options: &DoctorOptions, terminal: Terminal) -> Outcome {
    let findings = match loaded {
        Err(error) => vec![Finding::failed(
            "configuration",
            error.to_string(),
            "Mend what is named; `parlor config` explains it.",
        )],
        Ok(loaded) => runtime()?.block_on(look(&loaded, options)),
    };
    let healthy = findings.iter().all(|finding| finding.grade != Grade::Failed);
    let report = Report { healthy, findings };
    if options.json {
        terminal.say(&serde_json::to_string_pretty(&report)?)?;
    } else {
        for Finding { check, grade, detail, advice } in &report.findings {
            let mark = match grade {
                Grade::Ok => "ok     ",
                Grade::Warning => "warning",
                Grade::Failed => "FAILED ",
            };
            terminal.say(&format!("{mark}  {check:<16}  {detail}"))?;
            if let Some(advice) = advice {
                terminal.say(&format!("{:27}{advice}", ""))?;
            }
        }
        let count = |grade| report.findings.iter().filter(|finding| finding.grade == grade).count();
        let (failed, warnings) = (count(Grade::Failed), count(Grade::Warning));
        terminal.say(&format!("{} checks: {failed} failed, {warnings} warnings", report.findings.len()))?;
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn look(loaded: &Loaded, options: &DoctorOptions) -> Vec<Finding> {
    let config: &Config = &loaded.config;
    let mut findings = vec![configuration(loaded)];
    findings.push(clock::own());
    findings.extend(machine::look(config));
    findings.extend(files::look(config, options.offline).await);
    findings.extend(database::look(config, options).await);
    findings.extend(network::hints(config));
    if !options.offline {
        findings.extend(redis::look(config).await);
        findings.extend(network::look(config).await);
        findings.extend(clock::of_others(config).await);
    }
    findings
}

fn configuration(loaded: &Loaded) -> Finding {
    if loaded.config.development {
        return Finding::warning(
            "configuration",
            "development mode is on",
            "It shows verification codes to everybody: set development = false.",
        );
    }
    match loaded.ignored.as_slice() {
        [] => Finding::ok("configuration", "valid"),
        names => Finding::warning(
            "configuration",
            format!("valid; no setting has the variables {}", names.join(", ")),
            "Remove them, or mend their names if they were meant as settings.",
        ),
    }
}
