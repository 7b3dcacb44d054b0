//! `GET /tables/{pass}/contact.json`: all that is kept of one contact, written while it is fetched.

use super::names::disposition;
use super::serve::SANDBOX;
use crate::actions::contact_data;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use futures_util::stream;

/// The data. A hundred messages at a time are in memory, however many there are.
pub(crate) async fn get_contact_data(state: Data<AppState>, path: Path<String>) -> ApiResult<HttpResponse> {
    let record = contact_data::open(&state, &path.into_inner()).await?;
    let pieces = stream::try_unfold(record, async |mut record| {
        let piece = record.next().await?;
        Ok::<_, ApiError>(piece.map(|piece| (Bytes::from(piece), record)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CONTENT_DISPOSITION, disposition("attachment", "contact.json")))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(pieces))
}
