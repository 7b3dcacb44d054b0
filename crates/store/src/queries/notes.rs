//! Internal notes, and the lines among them that tell who joined and left.
//!
//! **Invariant**: nothing here takes a visitor. Notes have a table and numbers of their own, and their event is for agents only: no
//! answer to a visitor, and no number that one is told, depends on whether there is any.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::audit::Auditor;
use crate::queries::conversations::visible;
use crate::queries::members::{Held, seeing};
use crate::queries::personal;
use crate::scope::Viewer;
use crate::sql;
use crate::tables::{conversation, note};
use crate::write::Tx;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::events::Event;
use types::id::{AgentId, ConversationId, Nonce, NoteId};
use types::limits;
use types::notes::{MemberChange, MemberChangeKind, Note, Notes};
use types::time::Timestamp;

/// A note to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// The new note's id.
    pub id: NoteId,
    /// The author's own id for it.
    pub nonce: Nonce,
    /// The author's name.
    pub author_name: String,
    /// What it says, already checked.
    pub text: String,
    /// Whether it is whispered.
    pub whisper: bool,
    /// Whom it mentions, already checked.
    pub mentions: Vec<AgentId>,
    /// The time.
    pub at: Timestamp,
}

/// The note that this agent has written with a nonce beside a conversation that they may see, if there is one.
pub async fn written<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    held: &Held,
    nonce: Nonce,
) -> Result<Option<Note>, StoreError> {
    let row = viewer
        .scope()
        .find::<note::Entity>()
        .filter(note::Column::ConversationId.eq(held.row.id))
        .filter(note::Column::AuthorId.eq(viewer.agent_id))
        .filter(note::Column::Nonce.eq(nonce))
        .one(conn)
        .await?;
    row.map(note_of).transpose()
}

/// Stores a note beside a conversation. That its nonce is new the caller knows.
pub async fn create(tx: &mut Tx, viewer: Viewer, held: Held, new: NewNote) -> Result<Note, StoreError> {
    let audience = seeing(&held.row)?;
    let note = append(tx, viewer, &held.row, audience, new, None).await?;
    personal::mention(tx, viewer, &note).await?;
    Ok(note)
}

/// Adds the line that somebody joined or left, in the write that makes it so; `audience` are those who see the conversation afterwards.
/// The line has the id of the audit log's entry on the same.
pub(crate) async fn tell_change(
    tx: &mut Tx,
    viewer: Viewer,
    row: &conversation::Model,
    audience: Audience,
    auditor: &Auditor,
    change: MemberChange,
) -> Result<(), StoreError> {
    let (id, nonce, author_name) = (NoteId(auditor.id.0), Nonce(auditor.id.0), auditor.agent_name.clone());
    let new =
        NewNote { id, nonce, author_name, text: String::new(), whisper: false, mentions: Vec::new(), at: auditor.at };
    append(tx, viewer, row, audience, new, Some(change)).await?;
    Ok(())
}

/// Adds the line that a conversation, which the caller holds, is back before its agent, who has that before them until they look at it.
pub(crate) async fn tell_due(
    tx: &mut Tx,
    row: &conversation::Model,
    audience: Audience,
    (id, agent_id, agent_name): (NoteId, AgentId, String),
    at: Timestamp,
) -> Result<(), StoreError> {
    let viewer = Viewer { org_id: row.org_id, agent_id, sees_all: true, sees_details: false };
    let change = MemberChange {
        kind: MemberChangeKind::Due,
        agent_id,
        agent_name: agent_name.clone(),
        until: row.snoozed_until,
    };
    let new = NewNote {
        id,
        nonce: Nonce(id.0),
        author_name: agent_name,
        text: String::new(),
        whisper: false,
        mentions: vec![agent_id],
        at,
    };
    let note = append(tx, viewer, row, audience, new, Some(change)).await?;
    personal::mention(tx, viewer, &note).await
}

async fn append(
    tx: &mut Tx,
    viewer: Viewer,
    row: &conversation::Model,
    audience: Audience,
    new: NewNote,
    change: Option<MemberChange>,
) -> Result<Note, StoreError> {
    let NewNote { id, nonce, author_name, text, whisper, mentions, at } = new;
    let (author_id, conversation_id) = (viewer.agent_id, row.id);
    let note = Note {
        id,
        conversation_id,
        number: row.notes.saturating_add(1),
        after_seq: row.last_seq,
        author_id,
        author_name,
        text,
        whisper,
        mentions,
        change,
        nonce,
        created_at: at,
    };
    note::Entity::insert(note::ActiveModel {
        id: Set(id),
        org_id: Set(viewer.org_id),
        conversation_id: Set(conversation_id),
        number: Set(note.number),
        after_seq: Set(note.after_seq),
        author_id: Set(author_id),
        author_name: Set(note.author_name.clone()),
        nonce: Set(nonce),
        text: Set(note.text.clone()),
        whisper: Set(whisper),
        mentions: Set(sql::to_json(&note.mentions)?),
        member_change: Set(note.change.as_ref().map(sql::to_json).transpose()?.unwrap_or_default()),
        created_at: Set(at),
    })
    .exec_without_returning(tx.conn())
    .await?;
    viewer
        .scope()
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::Notes, note.number.into())
        .filter(conversation::Column::Id.eq(conversation_id))
        .exec(tx.conn())
        .await?;
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        conversation_id: Some(conversation_id),
        actor: Actor::Agent(author_id),
        audience,
        event: Event::NoteCreated { note: note.clone() },
        at,
    });
    Ok(note)
}

/// The newest notes beside a conversation before this number, if the agent may see it.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
    before: Option<i64>,
) -> Result<Option<Notes>, StoreError> {
    let extent: Option<(i64, i64)> = visible(viewer)
        .filter(conversation::Column::Id.eq(conversation_id))
        .select_only()
        .columns([conversation::Column::Notes, conversation::Column::ClearedNotes])
        .into_tuple()
        .one(conn)
        .await?;
    let Some((count, cleared)) = extent else { return Ok(None) };
    // One more than fits tells whether there are earlier ones. What was written since the count was read comes by its event.
    let before = before.unwrap_or(i64::MAX).min(count.saturating_add(1));
    let most = u64::from(limits::NOTES_MAX);
    let mut rows = page(viewer, conversation_id, before).limit(most.saturating_add(1)).all(conn).await?;
    let has_earlier = u64::try_from(rows.len()).unwrap_or(u64::MAX) > most;
    rows.truncate(usize::from(limits::NOTES_MAX));
    rows.reverse();
    let items = rows.into_iter().map(note_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Notes { items, has_earlier, count, cleared }))
}

/// Notes before a number, newest first, without how many.
pub(crate) fn page(viewer: Viewer, conversation_id: ConversationId, before: i64) -> Select<note::Entity> {
    viewer
        .scope()
        .find::<note::Entity>()
        .filter(note::Column::ConversationId.eq(conversation_id))
        .filter(note::Column::Number.lt(before))
        .order_by_desc(note::Column::Number)
}

fn note_of(row: note::Model) -> Result<Note, StoreError> {
    let change = Some(row.member_change).filter(|change| !change.is_empty());
    Ok(Note {
        id: row.id,
        conversation_id: row.conversation_id,
        number: row.number,
        after_seq: row.after_seq,
        author_id: row.author_id,
        author_name: row.author_name,
        text: row.text,
        whisper: row.whisper,
        mentions: sql::from_json(&row.mentions, "note.mentions")?,
        change: change.map(|change| sql::from_json(&change, "note.member_change")).transpose()?,
        nonce: row.nonce,
        created_at: row.created_at,
    })
}
