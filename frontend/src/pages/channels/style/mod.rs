//! The style editor of a website channel.

pub mod device;
pub mod fields;
pub mod form;
pub mod history;
pub mod page;
pub mod state;
pub mod versions;

pub use page::StylePage;
