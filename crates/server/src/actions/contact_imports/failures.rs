//! The rows of a table that were not imported, carried out as a table with what is wrong with each: mended, it can be imported.

use crate::actions::table_pass::{TablePass, missing};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::contact_imports::reason;
use rules::csv;
use rules::permissions::{Permission, can};
use serde::{Deserialize, Serialize};
use store::contact_imports;
use store::{OrgScope, Viewer};
use types::contact_list::{ContactExport, TableLanguage};
use types::id::{ContactImportId, SessionId};

/// What the addresses are sealed with.
const PURPOSE: &str = "rows that were not imported";

/// What an address is about.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Wanted {
    id: ContactImportId,
    language: TableLanguage,
}

/// Gives the address of the failed rows of an import of the agent's.
///
/// # Errors
/// Not found when it is not the agent's.
pub(crate) async fn create_import_failure_export(
    state: &AppState,
    agent: &AnyAgent,
    id: ContactImportId,
    language: TableLanguage,
) -> ApiResult<ContactExport> {
    can(agent.role, Permission::ImportContacts)?;
    let known = contact_imports::get(state.db.reader(), agent.viewer(), id).await?;
    known.ok_or_else(|| ApiError::not_found("import"))?;
    let pass = TablePass::new(state, agent, Wanted { id, language });
    let path = format!("/tables/{}/failed-rows.csv", pass.seal(state, PURPOSE)?);
    Ok(ContactExport { path, expires_at: pass.expires_at })
}

/// A table that is being written.
pub(crate) struct Failures {
    state: AppState,
    scope: OrgScope,
    session_id: SessionId,
    wanted: Wanted,
    head: Vec<String>,
    /// The next part; none while the head is still to come.
    place: Option<i64>,
}

/// Begins the table that an address opens. Whatever is wrong with it looks the same.
pub(crate) async fn open(state: &AppState, sealed: &str) -> ApiResult<Failures> {
    let pass = TablePass::<Wanted>::open(state, PURPOSE, sealed).await?;
    let (scope, session_id, wanted) = (pass.scope(), pass.session_id, pass.wanted);
    let viewer = viewer(state, scope, session_id).await.map_err(|_ended| missing())?;
    let known = contact_imports::get(state.db.reader(), viewer, wanted.id).await?.ok_or_else(missing)?;
    Ok(Failures { state: state.clone(), scope, session_id, wanted, head: known.head, place: None })
}

async fn viewer(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<Viewer> {
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    can(agent.role, Permission::ImportContacts)?;
    Ok(agent.viewer())
}

impl Failures {
    /// The next rows; `None` behind the last. Whoever may not any more gets no further.
    pub(crate) async fn next(&mut self) -> ApiResult<Option<String>> {
        let Some(place) = self.place else {
            self.place = Some(0);
            let [row, column, problem] = match self.wanted.language {
                TableLanguage::Chinese => ["行号", "出错的列", "原因"],
                TableLanguage::English => ["Row", "Wrong column", "Reason"],
            };
            let head = self.head.iter().map(String::as_str).chain([row, column, problem]);
            return Ok(Some(format!("{}{}", csv::BYTE_ORDER_MARK, csv::row(head))));
        };
        viewer(&self.state, self.scope, self.session_id).await?;
        let part = contact_imports::next_part(self.state.db.reader(), self.scope, self.wanted.id, place).await?;
        let Some((at, rows)) = part else { return Ok(None) };
        self.place = Some(at.saturating_add(1));
        let mut text = String::new();
        for row in rows {
            let Some(fault) = row.fault else { continue };
            let mut cells: Vec<String> = row.cells.iter().map(|cell| csv::plain(cell).to_owned()).collect();
            // Cells behind the last column would stand below what is wrong.
            cells.resize(self.head.len(), String::new());
            cells.push(fault.row.to_string());
            cells.push(fault.column.clone().unwrap_or_default());
            cells.push(reason(&fault, self.wanted.language));
            text.push_str(&csv::row(cells.iter().map(String::as_str)));
        }
        Ok(Some(text))
    }
}
