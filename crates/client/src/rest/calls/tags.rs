//! Tags, their groups, and who has them.

use crate::rest::{Api, ApiError, Method, Transport};
use types::contacts::Contact;
use types::id::{ContactId, TagGroupId, TagId};
use types::tags::{
    CreateTag, CreateTagGroup, SetContactTags, TagContents, TagGroup, TagGroupContents, TagGroupPatch, TagGroups,
    TagPatch,
};

/// Tags.
impl<T: Transport> Api<T> {
    /// Every group of tags, in their order.
    pub async fn list_tag_groups(&self) -> Result<TagGroups, ApiError> {
        self.call(Method::Get, "/api/v1/tag-groups", None::<&()>, None).await
    }

    /// Adds a group, behind the others.
    pub async fn create_tag_group(&self, request: &CreateTagGroup) -> Result<TagGroup, ApiError> {
        self.call(Method::Post, "/api/v1/tag-groups", Some(request), None).await
    }

    /// Edits a group, or moves it.
    pub async fn update_tag_group(&self, group_id: TagGroupId, patch: &TagGroupPatch) -> Result<TagGroup, ApiError> {
        self.call(Method::Patch, format!("/api/v1/tag-groups/{group_id}"), Some(patch), None).await
    }

    /// Deletes a group with its tags.
    pub async fn delete_tag_group(&self, group_id: TagGroupId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/tag-groups/{group_id}"), None::<&()>, None).await
    }

    /// How many contacts have tags of the group.
    pub async fn get_tag_group_contents(&self, group_id: TagGroupId) -> Result<TagGroupContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/tag-groups/{group_id}/contents"), None::<&()>, None).await
    }

    /// Adds a tag to a group, behind the others; answers the group.
    pub async fn create_tag(&self, group_id: TagGroupId, request: &CreateTag) -> Result<TagGroup, ApiError> {
        self.call(Method::Post, format!("/api/v1/tag-groups/{group_id}/tags"), Some(request), None).await
    }

    /// Edits a tag, or moves it within its group; answers the group.
    pub async fn update_tag(&self, tag_id: TagId, patch: &TagPatch) -> Result<TagGroup, ApiError> {
        self.call(Method::Patch, format!("/api/v1/tags/{tag_id}"), Some(patch), None).await
    }

    /// Deletes a tag.
    pub async fn delete_tag(&self, tag_id: TagId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/tags/{tag_id}"), None::<&()>, None).await
    }

    /// How many contacts have the tag.
    pub async fn get_tag_contents(&self, tag_id: TagId) -> Result<TagContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/tags/{tag_id}/contents"), None::<&()>, None).await
    }

    /// Sets all tags of a contact.
    pub async fn set_contact_tags(&self, contact_id: ContactId, request: &SetContactTags) -> Result<Contact, ApiError> {
        self.call(Method::Put, format!("/api/v1/contacts/{contact_id}/tags"), Some(request), None).await
    }
}
