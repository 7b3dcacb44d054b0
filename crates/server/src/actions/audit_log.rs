//! The audit log for whoever oversees: as a list, and carried out as a table.

use crate::actions::conversations::auditor;
use crate::actions::table_pass::{TablePass, missing};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use crate::user_agent;
use rules::permissions::{Permission, can};
use rules::{audit as words, csv};
use store::OrgScope;
use store::audit::{self, AuditRow};
use store::place::Place;
use types::audit::{AuditAction, AuditEntry, AuditExport, AuditFilter, CreateAuditExport};
use types::contact_list::TableLanguage;
use types::id::SessionId;

/// Entries that are read at once.
const CHUNK: usize = 500;

/// What the addresses are sealed with.
const PURPOSE: &str = "a table of the audit log";

/// An entry as it is shown.
pub(crate) fn entry_of(state: &AppState, row: AuditRow) -> AuditEntry {
    let device = row.user_agent.as_deref().map(user_agent::describe).filter(|device| !device.is_empty());
    AuditEntry {
        id: row.id,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        token: row.token,
        subject: row.action.subject(),
        action: row.action,
        created_at: row.created_at,
        place: row.ip.as_ref().and_then(|ip| state.geo.region(ip.parse().ok()?)),
        ip: row.ip,
        device,
    }
}

/// Gives the address of a table, and remembers that it was given.
///
/// # Errors
/// Forbidden for roles that may not.
pub async fn create_audit_export(
    state: &AppState,
    agent: &AnyAgent,
    request: CreateAuditExport,
) -> ApiResult<AuditExport> {
    can(agent.role, Permission::SeeAuditLog)?;
    let (org_id, auditor, filter) = (agent.org_id, auditor(state, agent), request.filter.clone());
    let pass = TablePass::new(state, agent, request);
    let remember = state.write(move |tx| {
        Box::pin(async move {
            let action = AuditAction::AuditExported { filter };
            Ok(audit::add(tx.conn(), org_id, auditor, &action).await?)
        })
    });
    remember.await?;
    let path = format!("/tables/{}/audit.csv", pass.seal(state, PURPOSE)?);
    Ok(AuditExport { path, expires_at: pass.expires_at })
}

/// A table that is being written.
pub(crate) struct Table {
    state: AppState,
    scope: OrgScope,
    session_id: SessionId,
    filter: AuditFilter,
    language: TableLanguage,
    reached: Reached,
}

enum Reached {
    Head,
    Behind(Option<Place>),
    End,
}

/// Begins the table that an address opens. Whatever is wrong with it looks the same.
pub(crate) async fn open(state: &AppState, sealed: &str) -> ApiResult<Table> {
    let pass = TablePass::<CreateAuditExport>::open(state, PURPOSE, sealed).await?;
    let (scope, session_id) = (pass.scope(), pass.session_id);
    check(state, scope, session_id).await.map_err(|_ended| missing())?;
    let CreateAuditExport { filter, language } = pass.wanted;
    Ok(Table { state: state.clone(), scope, session_id, filter, language, reached: Reached::Head })
}

/// The session goes on, and its agent may see the log.
async fn check(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<()> {
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    Ok(can(agent.role, Permission::SeeAuditLog)?)
}

impl Table {
    /// The next rows; `None` behind the last. Whoever may not any more gets no further.
    pub(crate) async fn next(&mut self) -> ApiResult<Option<String>> {
        let after = match std::mem::replace(&mut self.reached, Reached::End) {
            Reached::End => return Ok(None),
            Reached::Head => {
                self.reached = Reached::Behind(None);
                return Ok(Some(format!("{}{}", csv::BYTE_ORDER_MARK, head(self.language))));
            }
            Reached::Behind(after) => after,
        };
        check(&self.state, self.scope, self.session_id).await?;
        let (rows, next) = audit::page(self.state.db.reader(), self.scope, &self.filter, after, CHUNK).await?;
        if let Some(next) = next {
            self.reached = Reached::Behind(Some(next));
        }
        Ok(Some(rows.into_iter().map(|row| line(&entry_of(&self.state, row), self.language)).collect()))
    }
}

fn head(language: TableLanguage) -> String {
    csv::row(match language {
        TableLanguage::Chinese => {
            ["时间 (UTC)", "操作人", "API 令牌", "操作", "对象类别", "对象", "详情", "IP", "所在地", "设备"]
        }
        TableLanguage::English => {
            ["Time (UTC)", "Who", "API token", "What", "Kind of subject", "Subject", "Details", "IP", "Place", "Device"]
        }
    })
}

fn line(entry: &AuditEntry, language: TableLanguage) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    let details = words::details(&entry.action, language);
    let details: Vec<String> =
        details.into_iter().map(|detail| format!("{}: {}", detail.label, detail.value)).collect();
    let subject = entry.subject.as_ref();
    let cells = [
        entry.created_at.to_string(),
        entry.agent_name.clone(),
        entry.token.as_ref().map(|token| words::token(token, language)).unwrap_or_default(),
        words::action(entry.action.kind(), language).to_owned(),
        subject.map(|subject| words::subject(subject.kind, language).to_owned()).unwrap_or_default(),
        subject.map(|subject| or_none(&subject.name)).unwrap_or_default(),
        details.join("; "),
        or_none(&entry.ip),
        or_none(&entry.place),
        or_none(&entry.device),
    ];
    csv::row(cells.iter().map(String::as_str))
}
