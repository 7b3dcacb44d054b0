//! `GET /avatars/{id}` and `GET /files/{pass}/agents/{agent_id}`: the pictures that agents choose of themselves.
//!
//! A colleague's browser asks by the picture's id, which only colleagues are told and nobody guesses; what is under an id never
//! changes. A visitor's asks by their pass and by the agent, whose id stands at what the agent has said to them, and gets the picture
//! that the agent has now. Nothing lists either. What comes back is a JPEG that we have made, sandboxed as every file is.

use super::pass::Pass;
use super::serve::SANDBOX;
use super::{Found, Variant};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Data, Path};
use store::{OrgScope, avatars};
use types::id::{AgentId, AttachmentId, AvatarId, OrgId};

/// For how long a browser need not ask again for what is under a picture's id: a week.
const KEPT: &str = "private, max-age=604800, immutable";
/// The same for what an agent looks like, who may choose another picture.
const CURRENT: &str = "private, max-age=60";

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

/// What an agent looks like, for a visitor to whom they have written. Nothing (204) where they have chosen no picture: that is no
/// failure, of which a browser would complain on the page that shows the widget.
pub(crate) async fn get_agents_picture(state: Data<AppState>, path: Path<(String, String)>) -> ApiResult<HttpResponse> {
    let (pass, agent_id) = path.into_inner();
    let pass = Pass::open(&state.keys.files, &pass, state.clock.now()).ok_or_else(missing)?;
    let agent_id: AgentId = agent_id.parse().ok().ok_or_else(missing)?;
    let chosen = avatars::of_agent(state.db.reader(), OrgScope::new(pass.org_id), agent_id).await?;
    let picture = match chosen {
        Some(id) => sent(&state, pass.org_id, id, CURRENT).await?,
        None => None,
    };
    let nothing = || HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, CURRENT)).finish();
    Ok(picture.unwrap_or_else(nothing))
}

async fn sent(state: &AppState, org_id: OrgId, id: AvatarId, kept: &'static str) -> ApiResult<Option<HttpResponse>> {
    let found = state.files.get(org_id, object(id), Variant::Whole, None).await?;
    Ok(found.map(|Found { length, bytes }| {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "image/jpeg"))
            .insert_header((header::CONTENT_DISPOSITION, "inline"))
            .insert_header((header::CONTENT_SECURITY_POLICY, SANDBOX))
            .insert_header((header::CACHE_CONTROL, kept))
            // Widgets show it on pages of other origins.
            .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
            .body(SizedStream::new(length, bytes))
    }))
}

fn missing() -> ApiError {
    ApiError::not_found("picture")
}
