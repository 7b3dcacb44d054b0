//! The pages. A page reads stores and calls the API; how things look is in `ui` and in the CSS beside.

pub mod audit;
pub mod auth;
pub mod blacklist;
pub mod channels;
pub mod contacts;
pub mod dev;
pub mod developers;
pub mod inbox;
pub mod legal;
pub mod not_found;
pub mod parts;
pub mod people;
pub mod settings;
pub mod tags;
