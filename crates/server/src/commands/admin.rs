//! `parlor admin`: what only whoever owns the machine may do. Works on the database, whether the server runs or not.

mod add_agent;

use self::add_agent::{AddAgentOptions, add_agent};
use super::terminal::Terminal;
use super::{Outcome, open_database, runtime};
use clap::{Args, Subcommand};
use secrecy::SecretString;
use serde_json::json;
use server::auth::password::Passwords;
use server::auth::password_rules;
use server::auth::watch::LOOK_SECONDS;
use server::clock::{Clock, SystemClock};
use server::config::{ConfigError, Loaded};
use server::ids::Ids;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use store::audit::{self, Auditor, Origin};
use store::{
    CommitSink, CommittedEvent, Database, OrgScope, StoreError, Writer, WriterOptions, agents, organisations,
    second_factors, sessions,
};
use types::audit::AuditAction;
use types::id::{AgentId, AuditId, OrgId};
use types::time::Timestamp;
use types::validate;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// List the organisations with their agents, channels and contacts.
    ListOrganisations(ListOptions),
    /// List the agents who can sign in.
    ListAgents(ListAgentsOptions),
    /// Add an agent to an organisation.
    AddAgent(AddAgentOptions),
    /// Give an agent a new password and end all their sessions.
    ResetPassword(ResetPasswordOptions),
}

#[derive(Debug, Args)]
pub(super) struct ListOptions {
    /// One JSON array instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListAgentsOptions {
    /// Only those of this organisation.
    #[arg(long, value_name = "ID")]
    organisation: Option<OrgId>,
    /// One JSON array instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ResetPasswordOptions {
    /// The account that they sign in with.
    #[arg(long)]
    account: String,
    /// Take their second factor off as well: they have lost it with their recovery codes.
    #[arg(long)]
    remove_second_factor: bool,
    #[command(flatten)]
    password: PasswordOptions,
}

/// Where a new password comes from.
#[derive(Debug, Args)]
struct PasswordOptions {
    /// Make a password up and print it.
    #[arg(long, conflicts_with = "stdin")]
    generate: bool,
    /// Read the password from the standard input instead of asking.
    #[arg(long)]
    stdin: bool,
}

pub(super) fn run(loaded: Result<Loaded, ConfigError>, command: &AdminCommand, terminal: Terminal) -> Outcome {
    let config = loaded?.config;
    runtime()?.block_on(async {
        let db = open_database(&config).await?;
        let outcome = match command {
            AdminCommand::ListOrganisations(options) => list_organisations(&db, options, terminal).await,
            AdminCommand::ListAgents(options) => list_agents(&db, options, terminal).await,
            AdminCommand::AddAgent(options) => add_agent(&db, options, terminal).await,
            AdminCommand::ResetPassword(options) => reset_password(&db, options, terminal).await,
        };
        db.close().await?;
        outcome
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list_organisations(db: &Database, options: &ListOptions, terminal: Terminal) -> Result<(), Box<dyn Error>> {
    let found = organisations::list_all(db.reader()).await?;
    if options.json {
        let rows: Vec<_> = found
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "name": row.name, "created_at": row.created_at,
                    "agents": row.agents, "channels": row.channels, "contacts": row.contacts,
                })
            })
            .collect();
        return Ok(terminal.say(&serde_json::to_string_pretty(&rows)?)?);
    }
    terminal.say(&format!(
        "{:<36}  {:<24}  {:>6}  {:>8}  {:>8}  name",
        "id", "registered", "agents", "channels", "contacts"
    ))?;
    for row in found {
        let registered = row.created_at.to_string();
        terminal.say(&format!(
            "{}  {registered:<24}  {:>6}  {:>8}  {:>8}  {}",
            row.id, row.agents, row.channels, row.contacts, row.name
        ))?;
    }
    Ok(())
}

async fn list_agents(db: &Database, options: &ListAgentsOptions, terminal: Terminal) -> Result<(), Box<dyn Error>> {
    let found = agents::list_all(db.reader(), options.organisation).await?;
    if options.json {
        let rows: Vec<_> = found
            .iter()
            .map(|row| {
                json!({
                    "id": row.id, "org_id": row.org_id, "account": row.account, "name": row.name,
                    "role": row.role, "disabled": row.disabled_at.is_some(), "created_at": row.created_at,
                })
            })
            .collect();
        return Ok(terminal.say(&serde_json::to_string_pretty(&rows)?)?);
    }
    terminal.say(&format!("{:<32}  {:<10}  {:<36}  name", "account", "role", "organisation"))?;
    for row in found {
        let disabled = if row.disabled_at.is_some() { " (disabled)" } else { "" };
        terminal.say(&format!(
            "{:<32}  {:<10}  {}  {}{disabled}",
            row.account,
            row.role.as_str(),
            row.org_id,
            row.name
        ))?;
    }
    Ok(())
}

/// How the audit log remembers what the operator does: as a deed of the account's that says so, from nowhere.
fn auditor(ids: &Ids, agent_id: AgentId, name: &str, at: Timestamp) -> Auditor {
    let (id, agent_name) = (ids.make_in_order(AuditId), name.to_owned());
    Auditor { id, agent_id, agent_name, origin: Origin::default(), at }
}

/// Nobody listens here: events of this write would be told by no server, so it makes none.
struct Nobody;

impl CommitSink for Nobody {
    fn committed(&self, _: Vec<CommittedEvent>) {}

    fn uncertain(&self) {}
}

async fn reset_password(
    db: &Database,
    options: &ResetPasswordOptions,
    terminal: Terminal,
) -> Result<(), Box<dyn Error>> {
    let agent = agents::by_account(db.reader(), &options.account).await?;
    let agent = agent.ok_or_else(|| format!("there is no account {}", options.account))?;
    let clock = Arc::new(SystemClock);
    let ids = Ids::from_os(clock.clone());
    let words = [agent.account.as_str(), &agent.name, &agent.email, &agent.mobile];
    let (password, hash) = new_password(&options.password, &words, &ids, terminal).await?;

    let (scope, agent_id, now) = (OrgScope::new(agent.org_id), agent.id, clock.now());
    let auditor = auditor(&ids, agent_id, &agent.name, now);
    // On SQLite a running server holds the writing lock for moments only; this waits for its turn.
    let writer = Writer::spawn(db, WriterOptions::default(), Arc::new(Nobody));
    let removes = options.remove_second_factor;
    let (ended, removed) = writer
        .run(move |tx| {
            Box::pin(async move {
                if !agents::set_password_hash(tx.conn(), scope, agent_id, &hash, now).await? {
                    return Err(StoreError::NotFound);
                }
                let removed = removes && second_factors::remove(tx.conn(), scope, agent_id).await?;
                let action = AuditAction::OperatorResetPassword { second_factor_removed: removed };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok((sessions::revoke_all(tx.conn(), scope, agent_id, None, now).await?, removed))
            })
        })
        .await?;
    writer.stop().await;

    if options.password.generate {
        terminal.say(&password)?;
    }
    if removes {
        let said = if removed { "second factor was taken off" } else { "account had no second factor" };
        terminal.note(&format!("The {said}."))?;
    }
    terminal.note(&format!(
        "{} has a new password; {} sessions were ended. A running server notices within {LOOK_SECONDS} seconds.",
        agent.account,
        ended.len()
    ))?;
    Ok(())
}

/// A new password and its hash: made up, read or asked for, and not one that these words give away.
async fn new_password(
    options: &PasswordOptions,
    words: &[&str],
    ids: &Ids,
    terminal: Terminal,
) -> Result<(String, String), Box<dyn Error>> {
    let password = if options.generate {
        generate(ids)
    } else if options.stdin {
        terminal.line()?
    } else {
        let password = terminal.secret("New password: ")?;
        if terminal.secret("The same again: ")? != password {
            return Err("the two are not the same; nothing was changed".into());
        }
        password
    };
    validate::password(&password).map_err(|fault| format!("the password {}", fault.detail))?;
    password_rules::check_new("password", &password, words).map_err(|error| {
        let detail = error.problem().errors.first().map_or("is too easy to guess", |fault| fault.detail.as_str());
        format!("the password {detail}")
    })?;
    let hash = Passwords::default().hash(ids, SecretString::from(password.clone())).await?;
    Ok((password, hash))
}

/// Twenty letters and digits that cannot be taken for each other: more than a hundred bits.
fn generate(ids: &Ids) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let count = u32::try_from(LETTERS.len()).unwrap_or(1);
    let draw = || LETTERS.get(usize::try_from(ids.below(count)).unwrap_or(0)).copied().map_or('x', char::from);
    loop {
        let password: String = std::iter::repeat_with(draw).take(20).collect();
        // The rule wants something that is no letter; nearly every draw has it.
        if validate::password(&password).is_ok() {
            return password;
        }
    }
}
