//! Merging contacts who are one person, and undoing it.

use crate::rest::{Api, ApiError, Method, Transport};
use types::contact_merges::{ContactMerges, DuplicateContacts, MergeContacts, MergedContact, SeparatedContacts};
use types::id::{ContactId, ContactMergeId};

/// Merges.
impl<T: Transport> Api<T> {
    /// Who may be the same person, the likeliest first.
    pub async fn list_duplicate_contacts(&self, id: ContactId) -> Result<DuplicateContacts, ApiError> {
        self.call(Method::Get, format!("/api/v1/contacts/{id}/duplicates"), None::<&()>, None).await
    }

    /// What was merged into a contact, newest first.
    pub async fn list_contact_merges(&self, id: ContactId) -> Result<ContactMerges, ApiError> {
        self.call(Method::Get, format!("/api/v1/contacts/{id}/merges"), None::<&()>, None).await
    }

    /// Merges another contact into this one.
    pub async fn merge_contacts(&self, id: ContactId, request: &MergeContacts) -> Result<MergedContact, ApiError> {
        self.call(Method::Post, format!("/api/v1/contacts/{id}/merge"), Some(request), None).await
    }

    /// Undoes a merge into this contact.
    pub async fn undo_contact_merge(
        &self,
        id: ContactId,
        merge_id: ContactMergeId,
    ) -> Result<SeparatedContacts, ApiError> {
        self.call(Method::Post, format!("/api/v1/contacts/{id}/merges/{merge_id}/undo"), None::<&()>, None).await
    }
}
