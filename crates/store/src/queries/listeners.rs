//! Who hears at this moment what is said in a conversation and stored nowhere.

use crate::audience::Audience;
use crate::error::StoreError;
use crate::queries::members::Members;
use crate::queries::{conversations, visitors};
use crate::scope::{Viewer, Visitor};
use crate::tables::{channel, conversation};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect, Select};
use types::id::{AgentId, ContactId, ConversationId};

/// Who hears a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listeners {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Everybody in it.
    pub audience: Audience,
    /// Whether its channel shows agents what the visitor has not sent.
    pub unsent_preview: bool,
}

impl Listeners {
    /// The agents among them.
    #[must_use]
    pub fn agents(&self) -> Audience {
        Audience::agents(self.audience.agents.clone())
    }
}

/// The listeners of a conversation that the agent may see. `None` also while nothing is received from its visitor.
pub async fn of_agent<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
) -> Result<Option<Listeners>, StoreError> {
    read(conn, conversations::visible(viewer).filter(conversation::Column::Id.eq(conversation_id))).await
}

/// The listeners of a visitor's own conversation. `None` before their first message, and while nothing is received from them.
pub async fn of_visitor<C: ConnectionTrait>(conn: &C, visitor: Visitor) -> Result<Option<Listeners>, StoreError> {
    read(conn, visitors::own_conversation(visitor)).await
}

async fn read<C: ConnectionTrait>(
    conn: &C,
    select: Select<conversation::Entity>,
) -> Result<Option<Listeners>, StoreError> {
    let row: Option<(ConversationId, Option<AgentId>, String, ContactId, bool)> = select
        .filter(conversation::Column::Blocked.eq(false))
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::AssigneeId])
        .columns([conversation::Column::Members, conversation::Column::ContactId])
        .column(channel::Column::UnsentPreview)
        .into_tuple()
        .one(conn)
        .await?;
    row.map(|(conversation_id, assignee, members, contact, unsent_preview)| {
        let audience = Audience::conversation(assignee, Members::read(&members)?, contact);
        Ok(Listeners { conversation_id, audience, unsent_preview })
    })
    .transpose()
}
