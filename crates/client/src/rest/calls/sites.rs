//! Where a channel's chat may stand, and who its visitors are to the company.

use crate::rest::{Api, ApiError, Method, Transport};
use types::domains::{ChannelDomains, SetChannelDomains};
use types::id::ChannelId;
use types::identity::{ChannelIdentity, IdentitySecret};

/// Allowed domains and identity secrets.
impl<T: Transport> Api<T> {
    /// The sites on whose pages a channel's chat may stand.
    pub async fn get_channel_domains(&self, channel_id: ChannelId) -> Result<ChannelDomains, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}/domains"), None::<&()>, None).await
    }

    /// Sets the sites on whose pages a channel's chat may stand.
    pub async fn set_channel_domains(
        &self,
        channel_id: ChannelId,
        request: &SetChannelDomains,
    ) -> Result<ChannelDomains, ApiError> {
        self.call(Method::Put, format!("/api/v1/channels/{channel_id}/domains"), Some(request), None).await
    }

    /// Whether a channel's visitors can be identified.
    pub async fn get_channel_identity(&self, channel_id: ChannelId) -> Result<ChannelIdentity, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}/identity"), None::<&()>, None).await
    }

    /// Gives a channel a new identity secret, which is shown once.
    pub async fn create_identity_secret(&self, channel_id: ChannelId) -> Result<IdentitySecret, ApiError> {
        self.call(Method::Post, format!("/api/v1/channels/{channel_id}/identity/secret"), None::<&()>, None).await
    }

    /// Takes a channel's identity secret away.
    pub async fn delete_identity_secret(&self, channel_id: ChannelId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/channels/{channel_id}/identity/secret"), None::<&()>, None).await
    }
}
