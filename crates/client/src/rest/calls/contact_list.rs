//! The list of contacts, giving many of them tags, and carrying them out.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::contact_list::{
    ContactExport, ContactFilter, ContactSort, CreateContactExport, CreateTagging, ListedContact, Tagging, Taggings,
};
use types::contacts::{BlockedContact, DeleteContact};
use types::id::{ContactId, TaggingId};
use types::page::Page;

/// Contacts.
impl<T: Transport> Api<T> {
    /// A page of contacts in an order, or the other way round.
    pub async fn list_contacts(
        &self,
        filter: &ContactFilter,
        (sort, descending): (ContactSort, bool),
        cursor: Option<&str>,
    ) -> Result<Page<ListedContact>, ApiError> {
        let sort = match sort {
            ContactSort::Number => None,
            ContactSort::LastSeen => Some("last_seen"),
            ContactSort::Name => Some("name"),
        };
        let path = Query::default()
            .with("cursor", cursor)
            .with("channel_id", filter.channel_id)
            .with("q", filter.q.as_deref())
            .with("tag_id", filter.tag_id)
            .with("blocked", filter.blocked)
            .with("sort", sort)
            .with("descending", descending.then_some(true))
            .of("/api/v1/contacts");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// The address of a table of contacts.
    pub async fn create_contact_export(&self, request: &CreateContactExport) -> Result<ContactExport, ApiError> {
        self.call(Method::Post, "/api/v1/contact-exports", Some(request), None).await
    }

    /// Begins to give tags to many contacts.
    pub async fn create_tagging(&self, request: &CreateTagging) -> Result<Tagging, ApiError> {
        self.call(Method::Post, "/api/v1/taggings", Some(request), None).await
    }

    /// One's own taggings, newest first.
    pub async fn list_taggings(&self) -> Result<Taggings, ApiError> {
        self.call(Method::Get, "/api/v1/taggings", None::<&()>, None).await
    }

    /// Stops one of them.
    pub async fn cancel_tagging(&self, id: TaggingId) -> Result<Tagging, ApiError> {
        self.call(Method::Post, format!("/api/v1/taggings/{id}/cancel"), None::<&()>, None).await
    }

    /// A page of the blacklist, newest first.
    pub async fn list_blacklist(&self, cursor: Option<&str>) -> Result<Page<BlockedContact>, ApiError> {
        let path = Query::default().with("cursor", cursor).of("/api/v1/blacklist");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// Where all that is kept of one contact is fetched.
    pub async fn create_contact_data_export(&self, id: ContactId) -> Result<ContactExport, ApiError> {
        self.call(Method::Post, format!("/api/v1/contacts/{id}/data-exports"), None::<&()>, None).await
    }

    /// Deletes a contact with all that is kept of them.
    pub async fn delete_contact(&self, id: ContactId, request: &DeleteContact) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/contacts/{id}"), Some(request), None).await
    }
}
