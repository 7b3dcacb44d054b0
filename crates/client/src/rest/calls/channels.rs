//! Channels, their groups, and the order of both.

use crate::rest::{Api, ApiError, Method, Transport};
use types::channel_style::{SetStyleVersion, StyleVersions};
use types::channel_tree::{
    ArrangeChannels, ChannelGroup, ChannelGroupPatch, ChannelTree, CreateChannelGroup, SetChannelGroup,
};
use types::channels::{Channel, ChannelContents, ChannelPatch, Channels, CreateChannel, DeleteChannel};
use types::id::{ChannelGroupId, ChannelId};

/// Channels.
impl<T: Transport> Api<T> {
    /// Every channel of the organisation.
    pub async fn list_channels(&self) -> Result<Channels, ApiError> {
        self.call(Method::Get, "/api/v1/channels", None::<&()>, None).await
    }

    /// Adds a channel.
    pub async fn create_channel(&self, request: &CreateChannel) -> Result<Channel, ApiError> {
        self.call(Method::Post, "/api/v1/channels", Some(request), None).await
    }

    /// One channel.
    pub async fn get_channel(&self, channel_id: ChannelId) -> Result<Channel, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}"), None::<&()>, None).await
    }

    /// Edits a channel.
    pub async fn update_channel(&self, channel_id: ChannelId, patch: &ChannelPatch) -> Result<Channel, ApiError> {
        self.call(Method::Patch, format!("/api/v1/channels/{channel_id}"), Some(patch), None).await
    }

    /// Deletes a channel with all that belongs to it.
    pub async fn delete_channel(&self, channel_id: ChannelId, request: &DeleteChannel) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/channels/{channel_id}"), Some(request), None).await
    }

    /// What goes when the channel is deleted.
    pub async fn get_channel_contents(&self, channel_id: ChannelId) -> Result<ChannelContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}/contents"), None::<&()>, None).await
    }

    /// The published styles of a channel, newest first.
    pub async fn list_style_versions(&self, channel_id: ChannelId) -> Result<StyleVersions, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}/style-versions"), None::<&()>, None).await
    }

    /// Publishes an earlier style anew.
    pub async fn set_style_version(
        &self,
        channel_id: ChannelId,
        request: &SetStyleVersion,
    ) -> Result<Channel, ApiError> {
        self.call(Method::Put, format!("/api/v1/channels/{channel_id}/style-version"), Some(request), None).await
    }

    /// The groups and the order of everything.
    pub async fn get_channel_tree(&self) -> Result<ChannelTree, ApiError> {
        self.call(Method::Get, "/api/v1/channel-tree", None::<&()>, None).await
    }

    /// Sets the order of everything.
    pub async fn arrange_channels(&self, request: &ArrangeChannels) -> Result<ChannelTree, ApiError> {
        self.call(Method::Put, "/api/v1/channel-tree", Some(request), None).await
    }

    /// Adds a group, behind the others.
    pub async fn create_channel_group(&self, request: &CreateChannelGroup) -> Result<ChannelGroup, ApiError> {
        self.call(Method::Post, "/api/v1/channel-groups", Some(request), None).await
    }

    /// Renames a group.
    pub async fn update_channel_group(
        &self,
        group_id: ChannelGroupId,
        patch: &ChannelGroupPatch,
    ) -> Result<ChannelGroup, ApiError> {
        self.call(Method::Patch, format!("/api/v1/channel-groups/{group_id}"), Some(patch), None).await
    }

    /// Deletes a group; its channels go to the top level.
    pub async fn delete_channel_group(&self, group_id: ChannelGroupId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/channel-groups/{group_id}"), None::<&()>, None).await
    }

    /// Puts a channel into a group, or at the top level.
    pub async fn set_channel_group(
        &self,
        channel_id: ChannelId,
        request: &SetChannelGroup,
    ) -> Result<ChannelTree, ApiError> {
        self.call(Method::Put, format!("/api/v1/channels/{channel_id}/group"), Some(request), None).await
    }

    /// Removes a channel's picture.
    pub async fn remove_channel_avatar(&self, channel_id: ChannelId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/channels/{channel_id}/avatar"), None::<&()>, None).await
    }
}
