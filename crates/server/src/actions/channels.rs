//! Adding, editing and deleting channels.

use crate::actions::channel_styles::publishing;
use crate::actions::channel_tree;
use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::config::Config;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::look::look;
use rules::permissions::{Permission, can};
use store::blacklist;
use store::channels::{self, ChannelRow, NewChannel};
use store::style_versions::{self, Publishing};
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, Visitor, audit, custom_fields};
use types::audit::AuditAction;
use types::channels::{Channel, ChannelPatch, CreateChannel, DeleteChannel};
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentId, ChannelId};
use types::limits;
use types::pre_chat::PreChatForm;
use types::time::Timestamp;
use types::visitors::{VisitorChannel, VisitorStyle};

/// The channel as its organisation sees it, with the addresses that only this server knows.
#[must_use]
pub fn channel_of(row: ChannelRow, config: &Config) -> Channel {
    Channel {
        embed_code: format!(r#"<script src="{}/w/{}.js" charset="utf-8"></script>"#, config.public_url, row.key),
        chat_url: format!("{}/chat/{}", config.public_url, row.key),
        id: row.id,
        kind: row.kind,
        name: row.name,
        avatar_id: row.avatar_id,
        introduction: row.introduction,
        alert: row.alert,
        enabled: row.enabled,
        unsent_preview: row.unsent_preview,
        max_file_megabytes: row.max_file_megabytes,
        style: row.style,
        style_revision: row.style_revision,
        key: row.key,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// The channel as its visitors see it.
#[must_use]
pub fn visitor_channel_of(row: &ChannelRow) -> VisitorChannel {
    VisitorChannel {
        name: row.name.clone(),
        introduction: row.introduction.clone(),
        unsent_preview: row.unsent_preview,
        style: VisitorStyle {
            schema: row.style.schema,
            color: row.style.color.clone(),
            position: row.style.position,
            launcher_text: row.style.launcher_text.clone(),
            look: look(&row.style),
        },
        form: row.style.form.mark(),
    }
}

/// The channel of a public key, whether enabled or not.
pub async fn channel_by_key(state: &AppState, key: &str) -> ApiResult<Option<ChannelRow>> {
    // Our keys are letters and digits; anything else could not be one, and need not reach the database.
    if key.is_empty() || key.len() > 64 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    Ok(channels::by_key(state.db.reader(), key).await?)
}

/// Whether a visitor's channel is there and enabled, and the visitor not on the blacklist.
pub async fn check_open(state: &AppState, visitor: Visitor) -> ApiResult<()> {
    let channel = channels::get(state.db.reader(), visitor.scope(), visitor.channel_id).await?;
    enabled(channel)?;
    check_received(state, visitor).await
}

/// Whether anything is received from a visitor. The answer is that of a disabled channel: nobody learns that they are on the
/// blacklist.
pub async fn check_received(state: &AppState, visitor: Visitor) -> ApiResult<()> {
    if blacklist::holds(state.db.reader(), visitor).await? { Err(ApiError::channel_closed()) } else { Ok(()) }
}

/// The channel, if visitors can write there.
pub fn enabled(channel: Option<ChannelRow>) -> ApiResult<ChannelRow> {
    let channel = channel.ok_or_else(|| ApiError::not_found("channel"))?;
    if channel.enabled {
        return Ok(channel);
    }
    Err(ApiError::channel_closed())
}

/// Adds a channel.
pub async fn create_channel(state: &AppState, agent: &AnyAgent, request: CreateChannel) -> ApiResult<Channel> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, actor, at) = (agent.scope(), Actor::Agent(agent.agent_id), state.clock.now());
    let (config, auditor, group_id) = (state.clone(), auditor(state, agent), request.group_id);
    let by = publishing(state, agent, None);
    let new = NewChannel {
        id: state.ids.make(ChannelId),
        org_id: agent.org_id,
        kind: request.kind,
        key: hex::encode(state.ids.bytes::<12>()),
        name: request.name.trim().to_owned(),
        introduction: request.introduction,
        alert: request.alert,
        enabled: request.enabled,
        unsent_preview: request.unsent_preview,
        max_file_megabytes: request.max_file_megabytes,
        style: request.style,
        at,
    };
    state
        .writer
        .run(move |tx| {
            Box::pin(async move {
                // Counted inside the write, under the tree's lock: two at once cannot both be the last.
                store::channel_tree::lock(tx.conn(), scope).await?;
                if channels::count(tx.conn(), scope).await? >= limits::CHANNELS_MAX {
                    let detail = format!("An organisation has at most {} channels", limits::CHANNELS_MAX);
                    return Err(ApiError::new(ErrorCode::Conflict, detail));
                }
                check_form(tx, scope, &new.style.form, &PreChatForm::default()).await?;
                let row = channels::create(tx.conn(), new).await?;
                style_versions::begin(tx.conn(), &row, by).await?;
                let channel = channel_of(row, &config.config);
                let event = Event::ChannelCreated { channel: channel.clone() };
                tx.append(for_everyone(scope, actor, event, at));
                if group_id.is_some() {
                    channel_tree::put_into(tx, (scope, actor, at), channel.id, group_id).await?;
                }
                let action = AuditAction::ChannelCreated { channel_id: channel.id, name: channel.name.clone() };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok(channel)
            })
        })
        .await
}

/// Edits a channel; what the patch leaves out stays. A patch that changes nothing is no event.
pub async fn update_channel(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    mut patch: ChannelPatch,
) -> ApiResult<Channel> {
    can(agent.role, Permission::ManageChannels)?;
    patch.name = patch.name.map(|name| name.trim().to_owned());
    let (scope, config, auditor) = (agent.scope(), state.clone(), auditor(state, agent));
    let by = publishing(state, agent, None);
    state
        .writer
        .run(move |tx| {
            Box::pin(async move {
                let (row, fields) = edit(tx, scope, channel_id, &patch, by).await?;
                let channel = channel_of(row, &config.config);
                if !fields.is_empty() {
                    announce(tx, scope, auditor.agent_id, channel.clone(), auditor.at);
                    let action = AuditAction::ChannelUpdated { channel_id, name: channel.name.clone(), fields };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(channel)
            })
        })
        .await
}

/// Edits a channel's row, keeps the style if it is another one, and tells the channel's visitors. Answers with the names of the fields
/// that are different now; the agents are told by whoever knows what else was done.
pub(super) async fn edit(
    tx: &mut Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    patch: &ChannelPatch,
    by: Publishing,
) -> ApiResult<(ChannelRow, Vec<String>)> {
    // Before the channel's own lock, as whoever arranges channels takes them.
    store::channel_tree::lock(tx.conn(), scope).await?;
    let not_found = || ApiError::not_found("channel");
    let before = channels::get(tx.conn(), scope, channel_id).await?.ok_or_else(not_found)?;
    let fields = changed(&before, patch);
    if fields.is_empty() {
        return Ok((before, fields));
    }
    // Of an earlier style the custom fields may be gone, and are not asked for then.
    if let Some(style) = patch.style.as_ref().filter(|_| by.restored_from.is_none()) {
        check_form(tx, scope, &style.form, &before.style.form).await?;
    }
    let (actor, at) = (Actor::Agent(by.agent_id), by.at);
    let row = channels::update(tx.conn(), scope, channel_id, patch, at).await?.ok_or_else(not_found)?;
    if row.style_revision != before.style_revision {
        style_versions::publish(tx.conn(), scope, &before, &row, by).await?;
    }
    let seen = visitor_channel_of(&row);
    if row.enabled && seen != visitor_channel_of(&before) {
        tx.append(PendingEvent {
            org_id: scope.org_id(),
            conversation_id: None,
            actor,
            audience: Audience::channel(channel_id),
            event: Event::VisitorChannelUpdated { channel: seen },
            at,
        });
    }
    Ok((row, fields))
}

/// Whether what a form asks for beside what it asked before is there.
async fn check_form(tx: &mut Tx, scope: OrgScope, form: &PreChatForm, before: &PreChatForm) -> ApiResult<()> {
    if form == before || form.fields.is_empty() {
        return Ok(());
    }
    let faults = form.faults("style.form", before, &custom_fields::get(tx.conn(), scope).await?);
    if faults.is_empty() { Ok(()) } else { Err(ApiError::invalid(faults)) }
}

/// Tells the agents of an edited channel.
pub(super) fn announce(tx: &mut Tx, scope: OrgScope, agent_id: AgentId, channel: Channel, at: Timestamp) {
    tx.append(for_everyone(scope, Actor::Agent(agent_id), Event::ChannelUpdated { channel }, at));
}

/// The fields that the patch changes, by their names.
fn changed(row: &ChannelRow, patch: &ChannelPatch) -> Vec<String> {
    let ChannelPatch { name, introduction, alert, enabled, unsent_preview, max_file_megabytes, style } = patch;
    let fields = [
        ("name", name.as_ref().is_some_and(|name| *name != row.name)),
        ("introduction", introduction.as_ref().is_some_and(|introduction| *introduction != row.introduction)),
        ("alert", alert.is_some_and(|alert| alert != row.alert)),
        ("enabled", enabled.is_some_and(|enabled| enabled != row.enabled)),
        ("unsent_preview", unsent_preview.is_some_and(|shown| shown != row.unsent_preview)),
        ("max_file_megabytes", max_file_megabytes.is_some_and(|megabytes| megabytes != row.max_file_megabytes)),
        ("style", style.as_ref().is_some_and(|style| *style != row.style)),
    ];
    fields.into_iter().filter(|(_, is_changed)| *is_changed).map(|(field, _)| field.to_owned()).collect()
}

/// Deletes a channel, if the name was typed right. Everything of it vanishes at once; the rows go in the background.
pub async fn delete_channel(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    request: DeleteChannel,
) -> ApiResult<()> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, actor, at) = (agent.scope(), Actor::Agent(agent.agent_id), state.clock.now());
    let auditor = auditor(state, agent);
    state
        .writer
        .run(move |tx| {
            Box::pin(async move {
                store::channel_tree::lock(tx.conn(), scope).await?;
                let channel = channels::get(tx.conn(), scope, channel_id).await?;
                let channel = channel.ok_or_else(|| ApiError::not_found("channel"))?;
                if request.name.trim() != channel.name {
                    return Err(ApiError::field("name", FieldCode::Wrong, "must be the channel's name"));
                }
                if !channels::delete(tx, scope, channel_id, actor, at).await? {
                    return Err(ApiError::not_found("channel"));
                }
                let action = AuditAction::ChannelDeleted { channel_id, name: channel.name };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok(())
            })
        })
        .await?;
    state.deletions.tell();
    Ok(())
}

pub(super) fn for_everyone(scope: OrgScope, actor: Actor, event: Event, at: Timestamp) -> PendingEvent {
    let audience = Audience::agents(AgentAudience::Everyone);
    PendingEvent { org_id: scope.org_id(), conversation_id: None, actor, audience, event, at }
}
