//! The style editor of a website channel.

mod device;
mod fields;
mod history;
mod page;
mod state;
mod versions;

pub use page::StylePage;
