//! Translating messages. Nothing is stored: a translation is for whoever asks for it.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use crate::translation::{Translated, TranslationError};
use reqwest::StatusCode;
use rules::permissions::{Permission, can};
use std::sync::Arc;
use store::messages;
use types::error::ErrorCode;
use types::id::{ConversationId, MessageId};
use types::messages::{Content, Message};
use types::translation::{TranslateMessage, Translation};

/// A message's text in another language, by the operator's translation service.
///
/// # Errors
/// Not found where the server translates nothing, and when the message is not there, or not for them; a conflict when it has no
/// words; too large, too many, or that the service failed.
pub async fn translate_message(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    message_id: MessageId,
    TranslateMessage { language }: TranslateMessage,
) -> ApiResult<Translation> {
    can(agent.role, Permission::AnswerConversations)?;
    let text = words(state, agent, conversation_id, message_id).await?;
    let translation = &state.translation;
    if !translation.is_on() {
        return Err(ApiError::not_found("translation service on this server"));
    }
    let counted = &state.metrics.translations;
    let said = if let Some(said) = translation.remembered(message_id, language).await {
        counted.remembered();
        said
    } else {
        let most = translation.max_characters();
        if text.chars().nth(most).is_some() {
            let detail = format!("Texts of more than {most} characters are not translated");
            return Err(ApiError::new(ErrorCode::TooLarge, detail));
        }
        if let Some(millis) = state.limits.translations.take(agent.agent_id, state.clock.now()).refused_for {
            return Err(ApiError::rate_limited(millis));
        }
        let said = translation.translate(message_id, &text, language).await.map_err(|why| {
            counted.failed();
            failed(why)
        })?;
        // The service takes its time: who was removed meanwhile, or what was recalled, is none the less so.
        if let Err(gone) = words(state, agent, conversation_id, message_id).await {
            translation.forget(message_id).await;
            return Err(gone);
        }
        counted.translated();
        said
    };
    let Translated { text, from } = Arc::unwrap_or_clone(said);
    Ok(Translation { language, detected_language: from, text })
}

/// What a message says, as far as the agent may see it.
async fn words(
    state: &AppState,
    agent: &AnyAgent,
    conversation_id: ConversationId,
    message_id: MessageId,
) -> ApiResult<String> {
    let found = messages::get(state.db.reader(), agent.viewer(), conversation_id, message_id).await?;
    let Message { content, .. } = found.ok_or_else(|| ApiError::not_found("message"))?;
    match content {
        Content::Text { text } | Content::Reply { text, .. } => Ok(text),
        Content::Recalled {} => Err(ApiError::new(ErrorCode::Conflict, "The message was recalled")),
        Content::Image { .. } | Content::Video { .. } | Content::File { .. } => {
            Err(ApiError::new(ErrorCode::Conflict, "Only the words of a message can be translated"))
        }
    }
}

fn failed(why: Arc<TranslationError>) -> ApiError {
    match &*why {
        TranslationError::Busy => ApiError::busy(),
        TranslationError::Refused(StatusCode::PAYLOAD_TOO_LARGE) => {
            ApiError::new(ErrorCode::TooLarge, "The translation service takes no text of this length")
        }
        _ => ApiError::upstream("The translation service", why),
    }
}
