//! What becomes of merged contacts when the channel of one of them goes.

use super::{hold, kept, living_of, tell_all};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::tags;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{channel, contact, contact_merge, conversation};
use crate::write::Tx;
use rules::merging::merged;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use std::collections::{BTreeSet, HashMap};
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
    // Nobody is merged into them, or into whom they lead to, meanwhile.
    let leads = living_of(tx.conn(), scope, &contact_ids).await?;
    let there: BTreeSet<ContactId> = contact_ids.iter().map(|id| *leads.get(id).unwrap_or(id)).collect();
    let (there, leading) = hold(tx, scope, &there.into_iter().collect::<Vec<_>>()).await?;
    let rows: Vec<contact::Model> = there.into_iter().chain(leading).collect();
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
    for row in &rows {
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
        let contact = Contact { channel_id: to, external_id: None, version, ..row.clone().try_into()? };
        tell_all(tx, scope, Actor::System, &contact, at).await?;
    }
    let going: Vec<ContactId> = contact_ids.into_iter().filter(|id| !staying.contains_key(id)).collect();
    if !going.is_empty() {
        hand_on(tx, scope, &going).await?;
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

/// Whoever was merged into somebody who goes, and was merged on with them, is merged into that other one from now on: what they had brought
/// to the one has come to the other.
async fn hand_on(tx: &Tx, scope: OrgScope, going: &[ContactId]) -> Result<(), StoreError> {
    let mut merges = kept::of(tx.conn(), scope, going).await?;
    merges.retain(|(merge, _)| !going.contains(&merge.merged_id));
    if merges.is_empty() {
        return Ok(());
    }
    let onward = scope.find_by_keys::<contact_merge::Entity>();
    let onward = onward.filter(contact_merge::Column::MergedId.is_in(going.iter().copied())).all(tx.conn()).await?;
    let onward: Vec<_> = onward.into_iter().map(kept::read).collect::<Result<_, _>>()?;
    let groups = tags::list(tx.conn(), scope).await?;
    for (merge, mut kept) in merges {
        let mut survivor_id = merge.survivor_id;
        while let Some((next, by)) = onward.iter().find(|(next, _)| next.merged_id == survivor_id) {
            // The survivor as they would have been with the one between as they were before, and afterwards.
            for fields in [&mut kept.before, &mut kept.after] {
                *fields = merged(&by.before, fields, &by.take, &groups);
            }
            (kept.own, kept.told_from) = (by.own, by.told_from);
            survivor_id = next.survivor_id;
        }
        scope
            .update::<contact_merge::Entity>()
            .col_expr(contact_merge::Column::SurvivorId, survivor_id.into())
            .col_expr(contact_merge::Column::Kept, sql::to_json(&kept)?.into())
            .filter(contact_merge::Column::Id.eq(merge.id))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}
