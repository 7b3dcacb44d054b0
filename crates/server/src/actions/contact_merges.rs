//! Merging two contacts who are one person, and undoing it.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::masking::{contact_for, listed_contact_for};
use rules::permissions::{Permission, can};
use store::Viewer;
use store::merging::{self, Merged, Undone};
use types::contact_merges::{
    ContactMerges, DuplicateContact, DuplicateContacts, MergeContacts, MergedContact, SeparatedContacts,
};
use types::error::{ErrorCode, FieldCode, FieldError};
use types::id::{ContactId, ContactMergeId};
use types::limits;
use types::validate::Fault;

/// Events that one write deletes.
const EVENTS: usize = 500;

/// Who may: whoever edits contacts and sees all of them. Of two whose conversations are partly others' nobody else can judge.
fn check(agent: &AnyAgent) -> ApiResult<()> {
    can(agent.role, Permission::AnswerConversations)?;
    Ok(can(agent.role, Permission::SeeAllConversations)?)
}

/// Merges another contact into this one.
///
/// # Errors
/// Forbidden for whoever does not see all; not found; a conflict when one of them was changed or merged meanwhile; a field error when they
/// have proven two accounts, when the other one has to survive, and for what would be too many.
pub async fn merge_contacts(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    request: MergeContacts,
) -> ApiResult<MergedContact> {
    check(agent)?;
    let (viewer, auditor, id) = (agent.viewer(), auditor(state, agent), state.ids.make_in_order(ContactMergeId));
    let merge = state.write(move |tx| {
        Box::pin(async move { Ok(merging::merge(tx, viewer, (id, contact_id), &request, auditor).await?) })
    });
    let conflict = |detail: &str| Err(ApiError::new(ErrorCode::Conflict, detail));
    let wrong = |detail| Err(ApiError::field("other_id", FieldCode::Wrong, detail));
    match merge.await? {
        Merged::Done(merged) => {
            let MergedContact { contact, merge } = *merged;
            Ok(MergedContact { contact: contact_for(viewer.sees_details, contact), merge })
        }
        Merged::One => conflict("They are one contact already"),
        Merged::Changed => conflict("Somebody else has changed one of the two meanwhile"),
        Merged::TwoAccounts => Err(ApiError::field(
            "other_id",
            FieldCode::Taken,
            "must not have proven another account at the company: they are two people",
        )),
        Merged::OtherSurvives => wrong("has proven an account and must survive: merge the other way round"),
        Merged::TooMany => Err(too_many("other_id", "contacts merged into one", limits::CONTACT_MERGES_MAX)),
        Merged::TooManyTags => Err(too_many("take.tag_group_ids", "tags together", limits::CONTACT_TAGS_MAX)),
    }
}

fn too_many(field: &str, what: &str, most: usize) -> ApiError {
    let (detail, limit) = (format!("must come to at most {most} {what}"), i64::try_from(most).ok());
    let fault: FieldError = Fault { code: FieldCode::TooLong, detail, limit }.of(field.to_owned());
    ApiError::invalid(vec![fault])
}

/// Undoes a merge into this contact.
///
/// # Errors
/// Forbidden for whoever does not see all; not found when it was undone or one of the two was deleted; a conflict when the survivor was
/// merged since; a field error when it is too long ago.
pub async fn undo_contact_merge(
    state: &AppState,
    agent: &AnyAgent,
    of: (ContactId, ContactMergeId),
) -> ApiResult<SeparatedContacts> {
    check(agent)?;
    let (viewer, scope, auditor) = (agent.viewer(), agent.scope(), auditor(state, agent));
    // Before anything is deleted for it; and again when it is done.
    if let Some(refused) = merging::refusal(state.db.reader(), scope, of, auditor.at).await? {
        return separated(viewer, refused);
    }
    let told = merging::told_as_one(state.db.reader(), scope, of, auditor.at).await?;
    // In steps, so that nobody's message waits for all of it; it is nobody's loss, whatever becomes of the rest.
    for seqs in told.outdated.chunks(EVENTS) {
        let (seqs, at) = (seqs.to_vec(), auditor.at);
        let forget =
            state.write(move |tx| Box::pin(async move { Ok(merging::forget_told(tx, scope, of.0, seqs, at).await?) }));
        forget.await?;
    }
    let undo =
        state.write_alone(move |tx| Box::pin(async move { Ok(merging::undo(tx, viewer, of, &told, auditor).await?) }));
    separated(viewer, undo.await?)
}

fn separated(viewer: Viewer, undone: Undone) -> ApiResult<SeparatedContacts> {
    match undone {
        Undone::Done(separated) => {
            let SeparatedContacts { contact, other } = *separated;
            let sees = viewer.sees_details;
            Ok(SeparatedContacts { contact: contact_for(sees, contact), other: contact_for(sees, other) })
        }
        Undone::MergedSince => {
            let detail = "The contact was merged into another one since: undo that first";
            Err(ApiError::new(ErrorCode::Conflict, detail))
        }
        Undone::TooLate => Err(ApiError::field("merge_id", FieldCode::Expired, "can be undone for seven days")),
    }
}

/// What was merged into a contact, newest first.
///
/// # Errors
/// Not found when they are not the agent's.
pub async fn list_contact_merges(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
) -> ApiResult<ContactMerges> {
    let (viewer, reader) = (agent.viewer(), state.db.reader());
    let contact = store::contacts::get(reader, viewer, contact_id).await?;
    let contact = contact.ok_or_else(|| ApiError::not_found("contact"))?;
    Ok(merging::list(reader, viewer.scope(), contact.id).await?)
}

/// Who may be the same person as a contact, the likeliest first.
///
/// # Errors
/// Forbidden for whoever does not see all; not found.
pub async fn list_duplicate_contacts(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
) -> ApiResult<DuplicateContacts> {
    check(agent)?;
    let (viewer, reader) = (agent.viewer(), state.db.reader());
    let contact = store::contacts::get(reader, viewer, contact_id).await?;
    let contact = contact.ok_or_else(|| ApiError::not_found("contact"))?;
    let found = merging::duplicates(reader, viewer, contact.id).await?;
    let masked = |item: DuplicateContact| DuplicateContact {
        contact: listed_contact_for(viewer.sees_details, item.contact),
        ..item
    };
    Ok(DuplicateContacts { items: found.items.into_iter().map(masked).collect() })
}
