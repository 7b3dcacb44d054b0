//! Importing contacts from a table. The table itself is sent as a file, which the typed calls do not carry.

use crate::rest::{Api, ApiError, Method, Transport};
use types::contact_imports::{BeginContactImport, ContactImport, ContactImports, CreateImportFailureExport};
use types::contact_list::ContactExport;
use types::id::ContactImportId;

/// Imports of contacts.
impl<T: Transport> Api<T> {
    /// One's own imports, newest first.
    pub async fn list_contact_imports(&self) -> Result<ContactImports, ApiError> {
        self.call(Method::Get, "/api/v1/contact-imports", None::<&()>, None).await
    }

    /// Begins one, or a trial of it.
    pub async fn begin_contact_import(
        &self,
        id: ContactImportId,
        request: &BeginContactImport,
    ) -> Result<ContactImport, ApiError> {
        self.call(Method::Post, format!("/api/v1/contact-imports/{id}/begin"), Some(request), None).await
    }

    /// Stops one; what it has written stays.
    pub async fn cancel_contact_import(&self, id: ContactImportId) -> Result<ContactImport, ApiError> {
        self.call(Method::Post, format!("/api/v1/contact-imports/{id}/cancel"), None::<&()>, None).await
    }

    /// The address of the table of rows that were not imported.
    pub async fn create_import_failure_export(
        &self,
        id: ContactImportId,
        request: &CreateImportFailureExport,
    ) -> Result<ContactExport, ApiError> {
        self.call(Method::Post, format!("/api/v1/contact-imports/{id}/failure-exports"), Some(request), None).await
    }
}
