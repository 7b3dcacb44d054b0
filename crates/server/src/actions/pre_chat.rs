//! The form before the chat: what a visitor is asked, and what they answer.
//!
//! Answers are kept as what a page says of its visitor: they fill what is empty of the contact, and prove nothing.

use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::channels::{self, ChannelRow};
use store::{Constraint, StoreError, Visitor, custom_fields, pre_chat};
use types::pre_chat::{SetVisitorAnswers, VisitorForm, take};

/// What a visitor of the channel is asked who has no conversation yet.
pub(super) async fn asked(state: &AppState, channel: &ChannelRow, visitor: Visitor) -> ApiResult<Option<VisitorForm>> {
    let form = &channel.style.form;
    if !form.enabled {
        return Ok(None);
    }
    let reader = state.db.reader();
    let fields = custom_fields::get(reader, visitor.scope()).await?;
    let (contact, visit) = (pre_chat::contact_of(reader, visitor).await?, state.visits.of(visitor.contact_id));
    Ok(form.to_ask(&fields, &pre_chat::known(contact.as_ref(), &visit)))
}

/// Keeps what a visitor answers to the channel's form. What is not asked, or known already, is left aside.
///
/// # Errors
/// Field errors for answers that are not of their kind, and for what is required and missing.
pub async fn set_visitor_answers(state: &AppState, visitor: Visitor, request: SetVisitorAnswers) -> ApiResult<()> {
    let at = state.clock.now();
    if let Some(millis) = state.limits.visitor_messages.take(visitor.contact_id, at).refused_for {
        return Err(ApiError::rate_limited(millis));
    }
    let (reader, scope) = (state.db.reader(), visitor.scope());
    let channel = channels::get(reader, scope, visitor.channel_id).await?;
    let form = channel.ok_or_else(|| ApiError::not_found("channel"))?.style.form;
    let fields = custom_fields::get(reader, scope).await?;
    let (contact, mut visit) = (pre_chat::contact_of(reader, visitor).await?, state.visits.of(visitor.contact_id));
    let open = form.open_fields(&fields, &pre_chat::known(contact.as_ref(), &visit));
    let answers = take(&open, &fields, &request.answers).map_err(ApiError::invalid)?;
    // Whoever has nothing to say to a form that requires nothing has answered it, too; once.
    if open.is_empty() || (answers.is_empty() && contact.is_some()) {
        return Ok(());
    }
    visit.name = visit.name.or(answers.name);
    visit.phone = visit.phone.or(answers.phone);
    visit.custom.retain(|told| answers.custom.iter().all(|one| one.field_id != told.field_id));
    visit.custom.extend(answers.custom);
    let write = async || {
        let facts = visit.clone();
        state
            .writer
            .run_alone(move |tx| Box::pin(async move { pre_chat::answered(tx, visitor, &facts, at).await }))
            .await
    };
    let written: Result<(), StoreError> = match write().await {
        // Another server, or another of their tabs, was first with the same contact; now it is there to be filled.
        Err(StoreError::Conflict { constraint: Constraint::PrimaryKey }) => write().await,
        written => written,
    };
    Ok(written?)
}
