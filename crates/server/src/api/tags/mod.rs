//! Tags and their groups.

pub mod create_tag;
pub mod create_tag_group;
pub mod delete_tag;
pub mod delete_tag_group;
pub mod get_tag_contents;
pub mod get_tag_group_contents;
pub mod list_tag_groups;
pub mod set_contact_tags;
pub mod update_tag;
pub mod update_tag_group;
