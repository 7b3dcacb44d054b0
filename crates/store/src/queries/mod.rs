//! One file per feature. Lists come as wire types, read with as many statements whatever their length.

pub mod agents;
pub mod assignment;
pub mod attachments;
pub mod audit;
pub mod avatars;
pub mod blacklist;
pub mod channels;
pub mod clearing;
pub mod contacts;
pub mod conversations;
pub mod listeners;
pub mod members;
pub mod messages;
pub mod notes;
pub mod organisations;
pub mod personal;
pub mod place;
pub mod purge;
pub mod push;
pub mod recalling;
pub mod sessions;
pub mod standing;
pub mod tags;
pub mod verification_codes;
pub mod visitors;
pub mod welcome;
