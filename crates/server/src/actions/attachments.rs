//! Uploading files, and collecting those that no message carries.
//!
//! A file goes into the object store before its row says that it is there to be sent, and the row is written first: whatever
//! breaks off in between leaves a row that expires, by which the bytes are found.

use crate::auth::sessions;
use crate::error::{ApiError, ApiResult};
use crate::files::avatars::object;
use crate::files::pass::{Pass, PassReader};
use crate::files::picture::{self, Picture};
use crate::files::receive::Received;
use crate::files::sniff::{HEAD_BYTES, Kind, sniff};
use crate::files::{Variant, failed, left_over, names, video, webm};
use crate::metrics::Task;
use crate::state::AppState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use image::ImageFormat;
use rules::permissions::{Permission, can};
use std::fs::File;
use std::io::{Read, Seek};
use std::panic::AssertUnwindSafe;
use store::attachments::{self, NewAttachment, Owner};
use store::{OrgScope, StoreError, Viewer, agents, avatars};
use types::attachments::{Attachment, FileAccess};
use types::error::{ErrorCode, FieldCode};
use types::id::{AttachmentId, AvatarId, ContactId, OrgId};
use types::messages::Content;

/// How long a file waits to be sent.
const UNSENT_SECONDS: i64 = 24 * 60 * 60;

/// The largest file in bytes: what the installation allows, or a channel where it says less.
#[must_use]
pub fn largest(state: &AppState, of_channel: Option<u16>) -> u64 {
    let most = state.config.uploads.max_bytes();
    of_channel.filter(|megabytes| *megabytes > 0).map_or(most, |megabytes| most.min(u64::from(megabytes) << 20))
}

/// How the files of a contact's conversation are reached for a while, and how large a new one may be.
#[must_use]
pub fn access_of(
    state: &AppState,
    org_id: OrgId,
    contact_id: ContactId,
    reader: Option<PassReader>,
    of_channel: Option<u16>,
) -> FileAccess {
    let pass = Pass::new(org_id, contact_id, reader, state.clock.now());
    FileAccess {
        path: format!("/files/{}/", pass.seal(&state.keys.files)),
        expires_at: pass.expires_at,
        max_bytes: i64::try_from(largest(state, of_channel)).unwrap_or(i64::MAX),
    }
}

/// Whether an agent who was given a pass to a contact's files still works here and sees the conversation; and, where it was given through a
/// view, whether that still lasts.
pub(crate) async fn still_reads(
    state: &AppState,
    scope: OrgScope,
    PassReader { agent_id, view }: PassReader,
    contact_id: ContactId,
) -> ApiResult<bool> {
    if let Some(view) = view {
        match sessions::identity(state, scope, view).await {
            Ok(_) => {}
            Err(error) if error.problem().code == ErrorCode::Unauthenticated => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    let agent = agents::get(state.db.reader(), scope, agent_id).await?;
    let Some(agent) = agent.filter(|agent| agent.disabled_at.is_none()) else { return Ok(false) };
    let sees_all = can(agent.role, Permission::SeeAllConversations).is_ok();
    let viewer = Viewer { org_id: scope.org_id(), agent_id, sees_all, sees_details: false };
    Ok(sees_all || store::attachments::are_seen(state.db.reader(), viewer, contact_id).await?)
}

/// What is in a file that has come.
struct Examined {
    content: Content,
    /// What is kept instead of the file as it came: a picture without what tells of people.
    picture: Option<Picture>,
    file: File,
}

/// Keeps a file that has come. Returns what a message with it says.
pub async fn create_attachment(state: &AppState, owner: Owner, name: &str, received: Received) -> ApiResult<Content> {
    let Received { file, bytes } = received;
    if bytes == 0 {
        return Err(ApiError::field("body", FieldCode::Required, "must not be empty"));
    }
    let (id, name, at) = (state.ids.make(AttachmentId), names::clean(name), state.clock.now());
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let attachment = Box::new(Attachment {
        id,
        name,
        media_type: String::new(),
        bytes,
        width: None,
        height: None,
        duration_millis: None,
        has_preview: false,
    });
    let Examined { content, picture, file } = state.files.work(move || examine(attachment, file)).await??;
    let new = NewAttachment { owner, content: content.clone(), expires_at: at.plus_seconds(UNSENT_SECONDS), at };
    state.write(move |tx| Box::pin(async move { Ok(attachments::create(tx.conn(), new).await?) })).await?;
    match picture {
        Some(Picture { bytes, preview, .. }) => {
            state.files.put(owner.org_id, id, Variant::Whole, bytes).await?;
            if let Some(preview) = preview {
                state.files.put(owner.org_id, id, Variant::Preview, preview).await?;
            }
        }
        None => state.files.put_file(owner.org_id, id, file).await?,
    }
    Ok(content)
}

/// Finds out what a file is.
fn examine(mut attachment: Box<Attachment>, mut file: File) -> ApiResult<Examined> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    file.rewind().map_err(failed)?;
    (&file).take(u64::try_from(HEAD_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut head).map_err(failed)?;
    let (kind, media_type) = sniff(&head);
    media_type.clone_into(&mut attachment.media_type);
    match kind {
        Kind::Picture(format) if attachment.bytes <= i64::try_from(picture::BYTES_MAX).unwrap_or(i64::MAX) => {
            file.rewind().map_err(failed)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map_err(failed)?;
            Ok(match picture::examine(bytes, format) {
                Ok(picture) => {
                    attachment.width = Some(i64::from(picture.width));
                    attachment.height = Some(i64::from(picture.height));
                    attachment.bytes = i64::try_from(picture.bytes.len()).unwrap_or(i64::MAX);
                    attachment.has_preview = picture.preview.is_some();
                    Examined { content: Content::Image { attachment }, picture: Some(picture), file }
                }
                // Nothing is lost: it can be saved, as any file can.
                Err(picture::NotAPicture) => Examined { content: Content::File { attachment }, picture: None, file },
            })
        }
        Kind::Video => {
            let facts = match media_type {
                "video/webm" => webm::examine(&mut file),
                _ => video::examine(&mut file),
            };
            attachment.duration_millis = facts.duration_millis;
            (attachment.width, attachment.height) = facts.size.unzip();
            Ok(Examined { content: Content::Video { attachment }, picture: None, file })
        }
        // Too large to be taken apart, it is saved as any file is.
        Kind::Picture(_) | Kind::Other => Ok(Examined { content: Content::File { attachment }, picture: None, file }),
    }
}

/// Keeps a picture as the poster of a video that waits to be sent. Returns what a message with the video says now.
pub async fn create_poster(state: &AppState, owner: Owner, id: AttachmentId, received: Received) -> ApiResult<Content> {
    let missing = || ApiError::not_found("attachment");
    match attachments::unsent(state.db.reader(), owner, id, state.clock.now()).await?.ok_or_else(missing)? {
        Content::Video { .. } => {}
        _ => return Err(ApiError::new(ErrorCode::Conflict, "Only videos have a poster")),
    }
    let Received { file, .. } = received;
    let poster = state.files.work(move || {
        let (bytes, format) = picture_in(file)?;
        picture::poster(&bytes, format).map_err(|error| not_a_picture().because(error))
    });
    let poster = poster.await??;
    // The first one stays: another may be on its way, and the message with it.
    state.files.put_preview(owner.org_id, id, poster).await?;
    let at = state.clock.now();
    let noted = state
        .write(move |tx| Box::pin(async move { Ok(attachments::set_preview(tx.conn(), owner, id, at).await?) }))
        .await?;
    noted.ok_or_else(missing)
}

/// A file that is to be a picture which stands still, by its first bytes.
pub(crate) fn picture_in(mut file: File) -> ApiResult<(Vec<u8>, ImageFormat)> {
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(failed)?;
    match sniff(bytes.get(..HEAD_BYTES).unwrap_or(&bytes)).0 {
        Kind::Picture(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok((bytes, format)),
        _ => Err(not_a_picture()),
    }
}

pub(crate) fn not_a_picture() -> ApiError {
    ApiError::field("body", FieldCode::InvalidFormat, "must be a JPEG, PNG or WebP picture")
}

/// Seconds after which somebody looks whether there is anything to collect.
pub const SWEEP_SECONDS: i64 = 300;
/// Files that are collected in one step.
const CHUNK: u64 = 200;
/// For how long an expired file is left alone: a message that claimed it in time may still stand in the writer's queue, or come
/// from a server whose clock is behind.
pub const GRACE_SECONDS: i64 = 10 * 60;

/// Collects, for as long as the server runs, the files that no message carries: uploads that were never sent, and those whose
/// message is gone. A failure is tried again with the next look.
pub fn collect_unused(state: AppState) -> BoxFuture<'static, ()> {
    // The first wait begins here, and not when the task is first run.
    let mut next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
    Box::pin(async move {
        remove_left_over(&state).await;
        loop {
            // A panic must not end it for good, which nobody would notice before the disk is full.
            let swept = AssertUnwindSafe(sweep(&state)).catch_unwind().await;
            let swept = swept.unwrap_or_else(|_| Err(StoreError::Interrupted.into()));
            state.metrics.tasks.ran(Task::UnusedFiles, swept.is_ok(), state.clock.now());
            if let Err(error) = swept {
                tracing::warn!(%error, error.cause = error.causes(), "unused files could not be collected; it is tried again");
            }
            next.await;
            next = state.clock.sleep_until(state.clock.now().plus_seconds(SWEEP_SECONDS));
        }
    })
}

/// At the start, and only there: nothing of it comes while the server runs. A bucket keeps no halves under any key.
async fn remove_left_over(state: &AppState) {
    if !state.config.uploads.s3.bucket.is_empty() {
        return;
    }
    match left_over::remove(&state.config.uploads_folder(), &*state.clock).await {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "what an earlier server left half written of uploads was removed"),
        Err(error) => {
            tracing::warn!(error.cause = %error, "what is left half written of uploads could not be removed; the next start tries again");
        }
    }
}

async fn sweep(state: &AppState) -> ApiResult<()> {
    // What is wrong with the one keeps nothing from the other.
    let files = sweep_kind(state, Unused::Files).await;
    files.and(sweep_kind(state, Unused::Pictures).await)
}

/// What is collected: files that no message carries, and pictures that are no agent's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unused {
    Files,
    Pictures,
}

async fn sweep_kind(state: &AppState, kind: Unused) -> ApiResult<()> {
    let (mut outcome, mut kept) = (Ok(()), 0);
    loop {
        let until = state.clock.now().plus_seconds(-GRACE_SECONDS);
        let expired: Vec<(OrgId, AttachmentId)> = match kind {
            Unused::Files => attachments::expired(state.db.reader(), until, kept, CHUNK).await?,
            Unused::Pictures => {
                let expired = avatars::expired(state.db.reader(), until, kept, CHUNK).await?;
                expired.into_iter().map(|(org_id, id)| (org_id, object(id))).collect()
            }
        };
        let full = u64::try_from(expired.len()).unwrap_or(u64::MAX) >= CHUNK;
        let mut by_org: std::collections::BTreeMap<OrgId, Vec<AttachmentId>> = std::collections::BTreeMap::new();
        for (org_id, id) in expired {
            // The bytes first: without the row nobody would find them again. What cannot be removed keeps nothing else from it.
            match state.files.remove(org_id, id).await {
                Ok(()) => by_org.entry(org_id).or_default().push(id),
                Err(error) => {
                    kept = kept.saturating_add(1);
                    outcome = Err(error);
                }
            }
        }
        if !by_org.is_empty() {
            tracing::info!(files = by_org.values().map(Vec::len).sum::<usize>(), "unused files were collected");
            state
                .write(move |tx| {
                    Box::pin(async move {
                        for (org_id, ids) in by_org {
                            let (conn, scope) = (tx.conn(), OrgScope::new(org_id));
                            match kind {
                                Unused::Files => attachments::forget(conn, scope, ids).await?,
                                Unused::Pictures => {
                                    let ids = ids.into_iter().map(|id| AvatarId(id.0)).collect();
                                    avatars::forget(conn, scope, ids).await?;
                                }
                            }
                        }
                        Ok(())
                    })
                })
                .await?;
        }
        if !full {
            return outcome;
        }
    }
}
