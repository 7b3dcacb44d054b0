//! What becomes of merged contacts when the channel of one of them goes.

use super::tell_all;
use crate::audience::Actor;
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::tables::{channel, contact, conversation};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ColumnTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use std::collections::HashMap;
use types::contacts::Contact;
use types::id::{ChannelId, ContactId};
use types::time::Timestamp;

/// Of contacts who go with a channel those who go: who has conversations of other channels, because others were merged into them, is of
/// one of those from now on. The account that the channel had proven was the channel's. Whoever led to somebody who goes, and goes later,
/// leads nowhere.
pub(crate) async fn going_with(
    tx: &mut Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    contact_ids: Vec<ContactId>,
    at: Timestamp,
) -> Result<Vec<ContactId>, StoreError> {
    // Nobody is merged into them meanwhile.
    let rows = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contact_ids.iter().copied()))
        .order_by_asc(contact::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    let others: Vec<(Option<ContactId>, ChannelId)> = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::MergedInto.is_in(contact_ids.iter().copied()))
        .filter(contact::Column::ChannelId.ne(channel_id))
        .join(JoinType::InnerJoin, contact::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_desc(contact::Column::Id)
        .select_only()
        .columns([contact::Column::MergedInto, contact::Column::ChannelId])
        .into_tuple()
        .all(tx.conn())
        .await?;
    // Of several the first: it is put in last.
    let staying: HashMap<ContactId, ChannelId> = others.into_iter().filter_map(|(id, to)| Some((id?, to))).collect();
    for row in rows {
        let Some(to) = staying.get(&row.id).copied() else { continue };
        let version = row.version.saturating_add(1);
        scope
            .update::<contact::Entity>()
            .col_expr(contact::Column::ChannelId, to.into())
            .col_expr(contact::Column::ExternalId, None::<String>.into())
            .col_expr(contact::Column::Version, version.into())
            .filter(contact::Column::Id.eq(row.id))
            .exec(tx.conn())
            .await?;
        let contact = Contact { channel_id: to, external_id: None, version, ..row.try_into()? };
        tell_all(tx, scope, Actor::System, &contact, at).await?;
    }
    let going: Vec<ContactId> = contact_ids.into_iter().filter(|id| !staying.contains_key(id)).collect();
    if !going.is_empty() {
        let left = scope.update::<contact::Entity>().col_expr(contact::Column::MergedInto, None::<ContactId>.into());
        left.filter(contact::Column::MergedInto.is_in(going.iter().copied())).exec(tx.conn()).await?;
        let own = Expr::col(conversation::Column::ContactId);
        let theirs = scope.update::<conversation::Entity>().col_expr(conversation::Column::PersonId, own);
        theirs
            .filter(conversation::Column::PersonId.is_in(going.iter().copied()))
            .filter(Expr::col(conversation::Column::ContactId).ne(Expr::col(conversation::Column::PersonId)))
            .exec(tx.conn())
            .await?;
    }
    Ok(going)
}
