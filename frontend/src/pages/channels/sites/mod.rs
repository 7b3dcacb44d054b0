//! Where a channel's chat may stand, and who its visitors are to the company.

pub mod domains;
pub mod identity;
pub mod page;
pub mod samples;

pub use page::SitesPage;
