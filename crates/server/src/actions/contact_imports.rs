//! Importing contacts from a table: it is taken apart and kept when it comes, looked at by whoever maps its columns, and imported in the
//! background in small steps, so that messages never wait for it.
//!
//! **Invariant**: what goes on is asked of the database, so that nothing depends on the request that began it having lived: a server that
//! is started again goes on where the last step ended, and any server of several does.

pub(crate) mod failures;
mod step;
mod table;

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::files::receive::Received;
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rules::contact_imports::suggested;
use rules::permissions::{Permission, can};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use store::contact_imports::{self, Begun, ImportRow, NewImport};
use store::{OrgScope, audit, channels, custom_fields};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use types::audit::AuditAction;
use types::contact_imports::{BeginContactImport, ContactImport, ContactImports, ImportDuplicates, ImportField};
use types::custom_fields::CustomFields;
use types::error::{ErrorCode, FieldCode};
use types::id::ContactImportId;
use types::limits;

/// Rows of a part, which one step imports: few enough that messages do not wait for it.
const PART: usize = 100;
/// Parts that are written at once when a table comes.
const PARTS_AT_ONCE: usize = 10;
/// Characters of a cell that are shown before it is imported.
const SHOWN: usize = 100;
/// After so long somebody looks whether there is anything to do, although nobody has said so.
const LOOK: Duration = Duration::from_secs(60);
/// Between two steps it rests for so many times as long as a step took: the writer is others' meanwhile.
const REST: u32 = 1;
/// The longest wait after a failure.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Tables that are taken apart at a time on a server: until its parts are stored, one is in memory as a whole.
const TAKEN_APART: usize = 2;

/// What goes on with imports on this server.
#[derive(Debug)]
pub struct ImportNews {
    begun: Notify,
    taking_apart: Semaphore,
}

impl Default for ImportNews {
    fn default() -> Self {
        Self { begun: Notify::new(), taking_apart: Semaphore::new(TAKEN_APART) }
    }
}

/// Takes a table apart and keeps it. No contact is written.
///
/// # Errors
/// Forbidden for roles that may not; a field error where it is no table, or is too large.
pub async fn create_contact_import(state: &AppState, agent: &AnyAgent, received: Received) -> ApiResult<ContactImport> {
    can(agent.role, Permission::ImportContacts)?;
    let (viewer, scope, at) = (agent.viewer(), agent.scope(), state.clock.now());
    let _turn = state.imports.taking_apart.acquire().await.map_err(ApiError::internal)?;
    let table = state.files.work(move || table::read(received.file)).await??;
    let fields = custom_fields::get(state.db.reader(), scope).await?;
    let cut = |cell: &String| cell.chars().take(SHOWN).collect::<String>();
    let sample = table.rows.iter().take(limits::IMPORT_SAMPLE_ROWS);
    let new = NewImport {
        id: state.ids.make(ContactImportId),
        suggested: suggested(&table.head, &fields),
        sample: sample.map(|row| row.cells.iter().take(table.head.len()).map(cut).collect()).collect(),
        head: table.head,
        rows: table.rows.len(),
        parts: table.rows.len().div_ceil(PART),
        at,
    };
    let id = new.id;
    state.write(move |tx| Box::pin(async move { Ok(contact_imports::create(tx.conn(), viewer, &new).await?) })).await?;
    let mut rows = table.rows.into_iter();
    let mut place: i64 = 0;
    loop {
        let mut parts: Vec<(i64, Vec<ImportRow>)> = Vec::with_capacity(PARTS_AT_ONCE);
        while parts.len() < PARTS_AT_ONCE {
            let part: Vec<ImportRow> = rows.by_ref().take(PART).collect();
            if part.is_empty() {
                break;
            }
            parts.push((place, part));
            place = place.saturating_add(1);
        }
        if parts.is_empty() {
            break;
        }
        let write = state.write(move |tx| {
            Box::pin(async move { Ok(contact_imports::add_parts(tx.conn(), scope, id, &parts).await?) })
        });
        write.await?;
    }
    state.write(move |tx| Box::pin(async move { Ok(contact_imports::received(tx.conn(), viewer, id).await?) })).await
}

/// The agent's own imports, newest first.
///
/// # Errors
/// Forbidden for roles that may not.
pub async fn list_contact_imports(state: &AppState, agent: &AnyAgent) -> ApiResult<ContactImports> {
    can(agent.role, Permission::ImportContacts)?;
    Ok(ContactImports { items: contact_imports::list(state.db.reader(), agent.viewer()).await? })
}

/// Begins an import of the agent's, or a trial of it. The same asked twice begins once.
///
/// # Errors
/// Not found when it is not the agent's; a field error for a channel, a column or a field that is not there; a conflict when it has
/// ended, or another one of the organisation's goes on.
pub async fn begin_contact_import(
    state: &AppState,
    agent: &AnyAgent,
    id: ContactImportId,
    request: BeginContactImport,
) -> ApiResult<ContactImport> {
    can(agent.role, Permission::ImportContacts)?;
    let (viewer, auditor) = (agent.viewer(), auditor(state, agent));
    let begin = state.write(move |tx| {
        Box::pin(async move {
            let scope = viewer.scope();
            let known = contact_imports::get(tx.conn(), viewer, id).await?;
            let known = known.ok_or_else(|| ApiError::not_found("import"))?;
            check(&request, &known, &custom_fields::get(tx.conn(), scope).await?)?;
            let channel = channels::get(tx.conn(), scope, request.channel_id).await?;
            let channel =
                channel.ok_or_else(|| ApiError::field("channel_id", FieldCode::Wrong, "must be a channel"))?;
            match contact_imports::begin(tx.conn(), viewer, id, &request).await? {
                Begun::Another => Err(ApiError::new(ErrorCode::Conflict, "Another import goes on")),
                Begun::NotReady => Err(ApiError::new(ErrorCode::Conflict, "This import has ended")),
                Begun::Goes(import, true) => Ok(*import),
                Begun::Goes(import, false) => {
                    if !request.trial {
                        let action = AuditAction::ContactsImported {
                            channel: channel.name,
                            rows: import.rows,
                            updates: request.duplicates == ImportDuplicates::Update,
                        };
                        audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                    }
                    Ok(*import)
                }
            }
        })
    });
    let begun = begin.await?;
    state.imports.begun.notify_one();
    Ok(begun)
}

/// Whether the columns and fields are there.
fn check(request: &BeginContactImport, known: &ContactImport, fields: &CustomFields) -> ApiResult<()> {
    for (place, column) in request.columns.iter().enumerate() {
        if usize::from(column.column) >= known.head.len() {
            let field = format!("columns[{place}].column");
            return Err(ApiError::field(&field, FieldCode::Wrong, "must be a column of the table"));
        }
        if let ImportField::Custom { field_id } = column.field
            && fields.get(field_id).is_none()
        {
            let field = format!("columns[{place}].field");
            return Err(ApiError::field(&field, FieldCode::Wrong, "must be a field that is there"));
        }
    }
    Ok(())
}

/// Stops an import of the agent's. What it has written stays.
///
/// # Errors
/// Not found when it is not the agent's.
pub async fn cancel_contact_import(
    state: &AppState,
    agent: &AnyAgent,
    id: ContactImportId,
) -> ApiResult<ContactImport> {
    can(agent.role, Permission::ImportContacts)?;
    let (viewer, at) = (agent.viewer(), state.clock.now());
    state.write(move |tx| Box::pin(async move { Ok(contact_imports::cancel(tx.conn(), viewer, id, at).await?) })).await
}

/// Goes on with imports for as long as the server runs. What fails is put aside and tried again, with growing waits; it holds up no other.
pub fn go_on_with_imports(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let mut aside = Aside::default();
        loop {
            let outcome = go_on(&state, &mut aside).await;
            if let Err(error) = &outcome {
                tracing::warn!(error = %error, "imports could not be looked for; it is tried again");
            }
            state.metrics.tasks.ran(Task::Imports, outcome.is_ok() && aside.0.is_empty(), state.clock.now());
            // Whether told or not, it looks.
            let wait = aside.next().map_or(LOOK, |until| until.saturating_duration_since(Instant::now()).min(LOOK));
            let _told = timeout(wait, state.imports.begun.notified()).await;
        }
    })
}

/// Imports that failed: until when each is left alone, and how often it has failed.
#[derive(Debug, Default)]
struct Aside(HashMap<ContactImportId, (Instant, u32)>);

impl Aside {
    fn put(&mut self, id: ContactImportId, now: Instant) {
        let failures = self.0.get(&id).map_or(0, |(_, failures)| *failures);
        let wait = Duration::from_secs(1 << failures.min(6)).min(WAIT_MAX);
        self.0.insert(id, (now.checked_add(wait).unwrap_or(now), failures.saturating_add(1)));
    }

    fn is_resting(&self, id: ContactImportId, now: Instant) -> bool {
        self.0.get(&id).is_some_and(|(until, _)| *until > now)
    }

    /// When the next of them is tried.
    fn next(&self) -> Option<Instant> {
        self.0.values().map(|(until, _)| *until).min()
    }
}

/// Goes on with every import until there is none, each in turn; then forgets those whose time is over.
async fn go_on(state: &AppState, aside: &mut Aside) -> ApiResult<()> {
    loop {
        let all = contact_imports::unfinished(state.db.reader()).await?;
        aside.0.retain(|id, _| all.iter().any(|(_, known)| known == id));
        let now = Instant::now();
        let due: Vec<_> = all.into_iter().filter(|(_, id)| !aside.is_resting(*id, now)).collect();
        if due.is_empty() {
            break;
        }
        for (org_id, id) in due {
            let begun = Instant::now();
            // A panic must not end it for good, which nobody would notice before the next start.
            let done = AssertUnwindSafe(step::step(state, OrgScope::new(org_id), id)).catch_unwind().await;
            match done.unwrap_or_else(|_panic| Err(store::StoreError::Interrupted.into())) {
                Ok(()) => drop(aside.0.remove(&id)),
                Err(error) => {
                    tracing::warn!(import.id = %id, error = %error, "a step of an import failed; it is tried again");
                    aside.put(id, Instant::now());
                }
            }
            sleep(begun.elapsed().saturating_mul(REST)).await;
        }
    }
    forget_old(state).await
}

async fn forget_old(state: &AppState) -> ApiResult<()> {
    let before = state.clock.now().plus_seconds(-limits::IMPORT_KEPT_DAYS * 24 * 60 * 60);
    for (org_id, id) in contact_imports::outdated(state.db.reader(), before).await? {
        let scope = OrgScope::new(org_id);
        state
            .write(move |tx| Box::pin(async move { Ok(contact_imports::remove(tx.conn(), scope, id).await?) }))
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_fails_rests_for_longer_and_longer_and_the_rest_goes_on() {
        let (mut aside, now) = (Aside::default(), Instant::now());
        let [failing, other] = [1, 2].map(|id| ContactImportId(Uuid::from_u128(id)));
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            aside.put(failing, now);
            let until = now.checked_add(Duration::from_secs(seconds)).unwrap();
            assert_eq!((aside.next(), aside.is_resting(failing, now)), (Some(until), true));
            assert!(!aside.is_resting(failing, until) && !aside.is_resting(other, now));
        }
    }
}
