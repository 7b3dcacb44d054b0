//! `GET /files/{pass}/{id}`: a file, its small picture, or the file to be saved.
//!
//! The address is all that a browser sends for a picture, so it carries the right to see it: see [`pass`](super::pass). What
//! comes back is never a page of ours: it is sandboxed, loads nothing, is what its head says and nothing else, and goes under the
//! name of a picture or a video only if it is one.

use super::names::disposition;
use super::pass::{Pass, PassReader};
use super::sniff::{UNKNOWN, served_as};
use super::{Found, Variant};
use crate::actions::attachments;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, Header, HeaderName, Range};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use store::OrgScope;
use types::attachments::Attachment;
use types::id::AttachmentId;
use types::messages::Content;

/// What is done with what is served, should anybody open it as a page.
pub(super) const SANDBOX: &str =
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The file, shown where it can be.
pub(crate) async fn get_file(
    state: Data<AppState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let (pass, id) = path.into_inner();
    let (pass, content) = find(&state, &pass, &id).await?;
    let attachment = content.attachment().ok_or_else(missing)?;
    // What could not be taken apart may begin like a picture, and is none.
    let shown = served_as(&attachment.media_type).filter(|_| !matches!(content, Content::File { .. }));
    let name = disposition(if shown.is_some() { "inline" } else { "attachment" }, &attachment.name);
    answer(&state, &request, pass, attachment, shown.unwrap_or(UNKNOWN), &name).await
}

/// The file, to be saved.
pub(crate) async fn download_file(
    state: Data<AppState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let (pass, id) = path.into_inner();
    let (pass, content) = find(&state, &pass, &id).await?;
    let attachment = content.attachment().ok_or_else(missing)?;
    let name = disposition("attachment", &attachment.name);
    answer(&state, &request, pass, attachment, UNKNOWN, &name).await
}

/// The file's small picture.
pub(crate) async fn get_preview(state: Data<AppState>, path: Path<(String, String)>) -> ApiResult<HttpResponse> {
    let (pass, id) = path.into_inner();
    let (pass, content) = find(&state, &pass, &id).await?;
    let attachment = content.attachment().filter(|attachment| attachment.has_preview).ok_or_else(missing)?;
    let found = state.files.get(pass.org_id, attachment.id, Variant::Preview, None).await?;
    sent(head(&state, pass, "image/jpeg", "inline"), found)
}

/// The pass, if it is good, and the file, if it opens that. Whatever is wrong looks the same.
async fn find(state: &AppState, pass: &str, id: &str) -> ApiResult<(Pass, Content)> {
    let now = state.clock.now();
    let pass = Pass::open(&state.keys.files, pass, now).ok_or_else(missing)?;
    let id: AttachmentId = id.parse().ok().ok_or_else(missing)?;
    let scope = OrgScope::new(pass.org_id);
    if let Some(reader) = pass.reader
        && !attachments::still_reads(state, scope, reader, pass.contact_id).await?
    {
        return Err(missing());
    }
    let content = store::attachments::served(state.db.reader(), scope, pass.contact_id, id, now).await?;
    Ok((pass, content.ok_or_else(missing)?))
}

fn missing() -> ApiError {
    ApiError::not_found("file")
}

async fn answer(
    state: &AppState,
    request: &HttpRequest,
    pass: Pass,
    attachment: &Attachment,
    content_type: &'static str,
    disposition: &str,
) -> ApiResult<HttpResponse> {
    let size = u64::try_from(attachment.bytes).unwrap_or_default();
    let part = asked_part(request, size);
    let range = match part {
        Part::Whole => None,
        Part::Bytes(first, last) => Some(first..last.saturating_add(1)),
        Part::Outside => {
            let all = (header::CONTENT_RANGE, format!("bytes */{size}"));
            return Ok(HttpResponse::RangeNotSatisfiable().insert_header(all).finish());
        }
    };
    let found = state.files.get(pass.org_id, attachment.id, Variant::Whole, range).await?;
    let mut response = head(state, pass, content_type, disposition);
    if let Part::Bytes(first, last) = part {
        response.status(StatusCode::PARTIAL_CONTENT);
        response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}")));
    }
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    sent(response, found)
}

/// What every file says of itself.
fn head(state: &AppState, pass: Pass, content_type: &'static str, disposition: &str) -> HttpResponseBuilder {
    let left = pass.expires_at.millis_since(state.clock.now()).div_euclid(1000).max(0);
    // What is under an id never changes, and the address is only good for so long. That of a view can end at any time.
    let kept = match pass.reader {
        Some(PassReader { view: Some(_), .. }) => "private, no-store".to_owned(),
        _ => format!("private, max-age={left}, immutable"),
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((header::CACHE_CONTROL, kept))
        // Widgets show it on pages of other origins.
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    response
}

fn sent(mut response: HttpResponseBuilder, found: Option<Found>) -> ApiResult<HttpResponse> {
    let Found { length, bytes } = found.ok_or_else(|| {
        tracing::warn!("the bytes of a file are not in the store");
        missing()
    })?;
    Ok(response.body(SizedStream::new(length, bytes)))
}

/// What of a file is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it; also where several parts are, or nothing that can be read.
    Whole,
    /// From one byte to another, both included.
    Bytes(u64, u64),
    /// What it has not got.
    Outside,
}

fn asked_part(request: &HttpRequest, size: u64) -> Part {
    let Ok(Range::Bytes(parts)) = Range::parse(request) else { return Part::Whole };
    let [part] = parts.as_slice() else { return Part::Whole };
    part.to_satisfiable_range(size).map_or(Part::Outside, |(first, last)| Part::Bytes(first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_part_is_served_and_several_are_all_of_it() {
        for (range, part) in [
            (None, Part::Whole),
            (Some("bytes=0-"), Part::Bytes(0, 99)),
            (Some("bytes=10-19"), Part::Bytes(10, 19)),
            (Some("bytes=-5"), Part::Bytes(95, 99)),
            (Some("bytes=90-1000"), Part::Bytes(90, 99)),
            (Some("bytes=100-"), Part::Outside),
            (Some("bytes=0-1,5-6"), Part::Whole),
            (Some("lines=1-2"), Part::Whole),
            (Some("nonsense"), Part::Whole),
        ] {
            let mut request = TestRequest::default();
            if let Some(range) = range {
                request = request.insert_header((header::RANGE, range));
            }
            assert_eq!(asked_part(&request.to_http_request(), 100), part, "{range:?}");
        }
    }
}
