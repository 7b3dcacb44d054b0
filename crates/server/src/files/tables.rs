//! `GET /tables/{pass}/contacts.csv`, `/tables/{pass}/failed-rows.csv` and `/tables/{pass}/audit.csv`: tables, written while they are fetched.

use super::names::disposition;
use super::serve::SANDBOX;
use crate::actions::{audit_log, contact_exports, contact_imports};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::stream;

/// The table. A few hundred contacts at a time are in memory, however many there are; a reader who is slow holds nobody up.
pub(crate) async fn get_contact_table(state: Data<AppState>, path: Path<String>) -> ApiResult<HttpResponse> {
    let table = contact_exports::open(&state, &path.into_inner()).await?;
    let rows = stream::try_unfold(table, async |mut table| {
        let rows = table.next().await?;
        Ok::<_, ApiError>(rows.map(|rows| (Bytes::from(rows), table)))
    });
    Ok(answer("contacts.csv").streaming(rows))
}

/// The audit log, in the same way.
pub(crate) async fn get_audit_table(state: Data<AppState>, path: Path<String>) -> ApiResult<HttpResponse> {
    let table = audit_log::open(&state, &path.into_inner()).await?;
    let rows = stream::try_unfold(table, async |mut table| {
        let rows = table.next().await?;
        Ok::<_, ApiError>(rows.map(|rows| (Bytes::from(rows), table)))
    });
    Ok(answer("audit.csv").streaming(rows))
}

/// The rows of a table that were not imported, in the same way.
pub(crate) async fn get_failure_table(state: Data<AppState>, path: Path<String>) -> ApiResult<HttpResponse> {
    let table = contact_imports::failures::open(&state, &path.into_inner()).await?;
    let rows = stream::try_unfold(table, async |mut table| {
        let rows = table.next().await?;
        Ok::<_, ApiError>(rows.map(|rows| (Bytes::from(rows), table)))
    });
    Ok(answer("failed-rows.csv").streaming(rows))
}

fn answer(name: &str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, disposition("attachment", name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}
