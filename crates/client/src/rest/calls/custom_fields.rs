//! The custom fields of contacts.

use crate::rest::{Api, ApiError, Method, Transport};
use types::custom_fields::{CustomFieldContents, CustomFields, SetCustomFields};
use types::id::CustomFieldId;

/// Custom fields.
impl<T: Transport> Api<T> {
    /// The organisation's fields, in their order.
    pub async fn list_custom_fields(&self) -> Result<CustomFields, ApiError> {
        self.call(Method::Get, "/api/v1/custom-fields", None::<&()>, None).await
    }

    /// Sets them all.
    pub async fn set_custom_fields(&self, request: &SetCustomFields) -> Result<CustomFields, ApiError> {
        self.call(Method::Put, "/api/v1/custom-fields", Some(request), None).await
    }

    /// How many contacts have something in a field.
    pub async fn get_custom_field_contents(&self, id: CustomFieldId) -> Result<CustomFieldContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/custom-fields/{id}/contents"), None::<&()>, None).await
    }
}
