//! Channels: adding one, editing one, deleting one; their groups, and the order of both.

pub mod add_group;
pub mod arranger;
pub mod arranger_row;
pub mod arranging;
pub mod assignment;
pub mod color_field;
pub mod delete_dialog;
pub mod draft;
pub mod edit;
pub mod fields;
pub mod frame;
pub mod group_field;
pub mod new;
pub mod picture;
pub mod preview;
pub mod sites;
pub mod style;

pub use add_group::AddGroup;
pub use arranger::Arranger;
pub use edit::ChannelPage;
pub use new::NewChannelPage;
pub use sites::SitesPage;
pub use style::StylePage;
