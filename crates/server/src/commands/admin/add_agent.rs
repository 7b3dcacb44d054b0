//! `parlor admin add-agent`: colleagues, until the console has a page for them.

use super::{Nobody, PasswordOptions, auditor, new_password};
use crate::commands::terminal::Terminal;
use clap::Args;
use server::clock::{Clock, SystemClock};
use server::ids::Ids;
use std::error::Error;
use std::sync::Arc;
use store::agents::NewAgent;
use store::{Constraint, Database, StoreError, Writer, WriterOptions, agents, audit, organisations};
use types::agents::{LoginState, Role};
use types::audit::AuditAction;
use types::id::{AgentId, OrgId};
use types::limits;
use types::validate::{self, Faults};

#[derive(Debug, Args)]
pub(in crate::commands) struct AddAgentOptions {
    /// The organisation that they work for; `list-organisations` names it.
    #[arg(long, value_name = "ID")]
    organisation: OrgId,
    /// The account that they sign in with.
    #[arg(long)]
    account: String,
    /// The name that visitors and colleagues see.
    #[arg(long)]
    name: String,
    /// Their email address.
    #[arg(long)]
    email: String,
    /// Their mobile number: 11 digits.
    #[arg(long)]
    mobile: String,
    /// What they may do: agent, supervisor or admin.
    #[arg(long, value_parser = role, default_value = "agent")]
    role: Role,
    #[command(flatten)]
    password: PasswordOptions,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "agent, supervisor or admin".to_owned())
}

pub(super) async fn add_agent(
    db: &Database,
    options: &AddAgentOptions,
    terminal: Terminal,
) -> Result<(), Box<dyn Error>> {
    let organisations = organisations::list_all(db.reader()).await?;
    let organisation = organisations.into_iter().find(|row| row.id == options.organisation);
    let organisation = organisation.ok_or_else(|| format!("there is no organisation {}", options.organisation))?;
    let (name, email, mobile) = (options.name.trim(), options.email.trim(), options.mobile.trim());
    let mut faults = Faults::default();
    faults
        .check("account", validate::account(&options.account))
        .check("name", validate::line(name, 1, limits::PERSON_NAME_MAX))
        .check("email", validate::email(email))
        .check("mobile", validate::mobile(mobile));
    if let Some(fault) = faults.into_errors().into_iter().next() {
        return Err(format!("the {} {}", fault.field, fault.detail).into());
    }
    let clock = Arc::new(SystemClock);
    let ids = Ids::from_os(clock.clone());
    let words = [options.account.as_str(), name, email, mobile, &organisation.name];
    let (password, password_hash) = new_password(&options.password, &words, &ids, terminal).await?;
    let agent = NewAgent {
        id: ids.make(AgentId),
        org_id: organisation.id,
        account: options.account.clone(),
        name: name.to_owned(),
        email: email.to_owned(),
        mobile: mobile.to_owned(),
        password_hash,
        role: options.role,
        login_state: LoginState::Normal,
        at: clock.now(),
    };
    let writer = Writer::spawn(db, WriterOptions::default(), Arc::new(Nobody));
    let auditor = auditor(&ids, agent.id, name, agent.at);
    let added = writer.run(move |tx| {
        Box::pin(async move {
            let (org_id, action) = (agent.org_id, AuditAction::OperatorAddedAgent { role: agent.role });
            agents::create(tx.conn(), agent).await?;
            audit::add(tx.conn(), org_id, auditor, &action).await
        })
    });
    let added = added.await;
    writer.stop().await;
    added.map_err(|error| match error {
        StoreError::Conflict { constraint: Constraint::AgentAccount } => {
            format!("the account {} is taken", options.account).into()
        }
        other => Box::<dyn Error>::from(other),
    })?;
    if options.password.generate {
        terminal.say(&password)?;
    }
    terminal.note(&format!("{} is an {} of {} now", options.account, options.role.as_str(), organisation.name))?;
    Ok(())
}
