//! `GET /avatars/{id}` and `GET /files/{pass}/agents/{agent_id}`: the pictures that agents choose of themselves.
//!
//! A colleague's browser asks by the picture's id, which only colleagues are told and nobody guesses; what is under an id never
//! changes. A visitor's asks by their pass and by the agent, whose id stands at what the agent has said to them, and gets the picture
//! that the agent has now. Nothing lists either. What comes back is a JPEG that we have made, or nothing to be seen, sandboxed as
//! every file is.

use super::pass::Pass;
use super::serve::SANDBOX;
use super::{Found, Variant};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, HttpResponseBuilder};
use store::{OrgScope, avatars};
use types::id::{AgentId, AttachmentId, AvatarId, OrgId};

/// For how long a browser need not ask again for what is under a picture's id: a week.
const KEPT: &str = "private, max-age=604800, immutable";
/// The same for what an agent looks like, who may choose another picture.
const CURRENT: &str = "private, max-age=60";
/// The same where there is none: the first that is chosen is seen with the next page.
const AT_ONCE: &str = "private, no-cache";

/// One pixel that is not seen, as a GIF: a browser draws its broken picture over anything less.
const NOTHING: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Where a picture lies in the object store: its id is no file's.
#[must_use]
pub(crate) fn object(id: AvatarId) -> AttachmentId {
    AttachmentId(id.0)
}

/// A picture, for colleagues.
pub(crate) async fn get_avatar(state: Data<AppState>, id: Path<String>) -> ApiResult<HttpResponse> {
    let id: AvatarId = id.into_inner().parse().ok().ok_or_else(missing)?;
    let org_id = avatars::served(state.db.reader(), id).await?.ok_or_else(missing)?;
    sent(&state, org_id, id, KEPT).await?.ok_or_else(missing)
}

/// What an agent looks like, for a visitor to whom they have written. Where they have chosen no picture, one of nothing, through
/// which the initials below it are seen.
pub(crate) async fn get_agents_picture(state: Data<AppState>, path: Path<(String, String)>) -> ApiResult<HttpResponse> {
    let (pass, agent_id) = path.into_inner();
    let pass = Pass::open(&state.keys.files, &pass, state.clock.now()).ok_or_else(missing)?;
    let agent_id: AgentId = agent_id.parse().ok().ok_or_else(missing)?;
    let chosen = avatars::of_agent(state.db.reader(), OrgScope::new(pass.org_id), agent_id).await?;
    let picture = match chosen {
        Some(id) => sent(&state, pass.org_id, id, CURRENT).await?,
        None => None,
    };
    Ok(picture.unwrap_or_else(|| as_picture("image/gif", AT_ONCE).body(NOTHING)))
}

async fn sent(state: &AppState, org_id: OrgId, id: AvatarId, kept: &'static str) -> ApiResult<Option<HttpResponse>> {
    let found = state.files.get(org_id, object(id), Variant::Whole, None).await?;
    Ok(found.map(|Found { length, bytes }| as_picture("image/jpeg", kept).body(SizedStream::new(length, bytes))))
}

fn as_picture(content_type: &'static str, kept: &'static str) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
        .insert_header((header::CACHE_CONTROL, kept))
        // Widgets show it on pages of other origins.
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    answer
}

fn missing() -> ApiError {
    ApiError::not_found("picture")
}
