//! Channels: adding one, editing one, deleting one.

pub mod assignment;
pub mod color_field;
pub mod delete_dialog;
pub mod draft;
pub mod edit;
pub mod fields;
pub mod new;
pub mod preview;

pub use edit::ChannelPage;
pub use new::NewChannelPage;
