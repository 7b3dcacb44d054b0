//! Webhooks, and the log of what each was told.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::id::{WebhookDeliveryId, WebhookId};
use types::page::Page;
use types::webhooks::{
    CreateWebhook, CreatedWebhook, ReplayFailedDeliveries, ReplayedDeliveries, Webhook, WebhookDelivery,
    WebhookDeliveryContents, WebhookDeliveryState, WebhookPatch, Webhooks,
};

/// Webhooks.
impl<T: Transport> Api<T> {
    /// The organisation's webhooks, oldest first.
    pub async fn list_webhooks(&self) -> Result<Webhooks, ApiError> {
        self.call(Method::Get, "/api/v1/webhooks", None::<&()>, None).await
    }

    /// A webhook.
    pub async fn get_webhook(&self, id: WebhookId) -> Result<Webhook, ApiError> {
        self.call(Method::Get, format!("/api/v1/webhooks/{id}"), None::<&()>, None).await
    }

    /// Adds a webhook; its secret is in the answer and nowhere else.
    pub async fn create_webhook(&self, request: &CreateWebhook) -> Result<CreatedWebhook, ApiError> {
        self.call(Method::Post, "/api/v1/webhooks", Some(request), None).await
    }

    /// Edits a webhook, pauses it or takes it up again.
    pub async fn update_webhook(&self, id: WebhookId, patch: &WebhookPatch) -> Result<Webhook, ApiError> {
        self.call(Method::Patch, format!("/api/v1/webhooks/{id}"), Some(patch), None).await
    }

    /// Deletes a webhook with its log.
    pub async fn delete_webhook(&self, id: WebhookId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/webhooks/{id}"), None::<&()>, None).await
    }

    /// Gives a webhook a new secret; it is in the answer and nowhere else.
    pub async fn rotate_webhook_secret(&self, id: WebhookId) -> Result<CreatedWebhook, ApiError> {
        self.call(Method::Post, format!("/api/v1/webhooks/{id}/secret"), None::<&()>, None).await
    }

    /// Sends something to try a webhook.
    pub async fn send_webhook_test(&self, id: WebhookId) -> Result<WebhookDelivery, ApiError> {
        self.call(Method::Post, format!("/api/v1/webhooks/{id}/test"), None::<&()>, None).await
    }

    /// A page of a webhook's log, newest first.
    pub async fn list_webhook_deliveries(
        &self,
        id: WebhookId,
        state: Option<WebhookDeliveryState>,
        cursor: Option<&str>,
    ) -> Result<Page<WebhookDelivery>, ApiError> {
        let query = Query::default().with("state", state.map(WebhookDeliveryState::as_str)).with("cursor", cursor);
        self.call(Method::Get, query.of(format!("/api/v1/webhooks/{id}/deliveries")), None::<&()>, None).await
    }

    /// A delivery with what was sent and answered.
    pub async fn get_webhook_delivery(
        &self,
        id: WebhookId,
        delivery_id: WebhookDeliveryId,
    ) -> Result<WebhookDeliveryContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/webhooks/{id}/deliveries/{delivery_id}"), None::<&()>, None).await
    }

    /// Sends a delivery again.
    pub async fn replay_webhook_delivery(
        &self,
        id: WebhookId,
        delivery_id: WebhookDeliveryId,
    ) -> Result<WebhookDelivery, ApiError> {
        let path = format!("/api/v1/webhooks/{id}/deliveries/{delivery_id}/replay");
        self.call(Method::Post, path, None::<&()>, None).await
    }

    /// Sends again what has failed since a time.
    pub async fn replay_failed_webhook_deliveries(
        &self,
        id: WebhookId,
        request: &ReplayFailedDeliveries,
    ) -> Result<ReplayedDeliveries, ApiError> {
        self.call(Method::Post, format!("/api/v1/webhooks/{id}/replay"), Some(request), None).await
    }
}
