//! Files that messages carry.

pub mod create_attachment;
pub mod create_attachment_poster;
pub mod get_file_access;

use crate::actions::attachments::largest;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::files::receive::{self, Received, Room};
use crate::state::AppState;
use actix_web::HttpRequest;
use actix_web::web::Payload;
use rules::permissions::{Permission, can};
use serde::Deserialize;
use store::attachments::{self, Owner};
use store::{OrgScope, channels};
use types::id::{ChannelId, ConversationId};

/// What a file is called.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NameFile {
    /// The file's name as the sender's device calls it. Folders, and signs that could mislead, are left out of it.
    #[serde(default)]
    #[param(required = false)]
    pub(crate) name: String,
}

/// A file's bytes.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "documentation: the bytes themselves are read as they come")]
pub struct FileBytes(Vec<u8>);

/// Takes the file that is the request's body. Whoever asks must have been let in before: a stranger's bytes are not read.
pub(crate) async fn take_file(
    state: &AppState,
    (scope, channel_id): (OrgScope, ChannelId),
    request: &HttpRequest,
    payload: Payload,
) -> ApiResult<Received> {
    let most = largest(state, channels::file_limit(state.db.reader(), scope, channel_id).await?);
    take_bytes(state, request, payload, most).await
}

/// The same with a limit of its own.
pub(crate) async fn take_bytes(
    state: &AppState,
    request: &HttpRequest,
    payload: Payload,
    most: u64,
) -> ApiResult<Received> {
    receive::check_head(request.headers(), most)?;
    let room = Room { folder: state.config.receiving_folder(), keep_free: state.config.uploads.keep_free_bytes() };
    receive::receive(payload, &room, most, &*state.clock).await
}

/// Takes an agent's file for a conversation. Who they are and what they see is looked up again when it has come, which can be a
/// good while later.
pub(crate) async fn take_agents_file(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    request: &HttpRequest,
    payload: Payload,
) -> ApiResult<(Owner, Received)> {
    let channel_id = owner(state, agent, conversation_id).await?.channel_id;
    let received = take_file(state, (agent.scope(), channel_id), request, payload).await?;
    let agent = agent.as_of_now(state).await?;
    Ok((owner(state, &agent, conversation_id).await?, received))
}

async fn owner(state: &AppState, agent: &AnyAgent, conversation_id: ConversationId) -> ApiResult<Owner> {
    can(agent.role, Permission::AnswerConversations)?;
    let found = attachments::owner(state.db.reader(), agent.viewer(), conversation_id).await?;
    found.ok_or_else(|| ApiError::not_found("conversation"))
}
