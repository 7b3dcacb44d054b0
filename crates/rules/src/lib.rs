//! Pure decisions: permissions, routing, alerts, the tree of channels, tables as CSV, masking, proof of work, guessable passwords,
//! recalling, search, codes of a second factor, tags, webhooks. No IO, no clock, no async: whatever a decision needs is an argument.
//! Pure decisions: permissions, routing, alerts, the tree of channels, contrast of colours, looks of channels, tables as CSV,
//! masking, proof of work, guessable passwords, recalling, search, codes of a second factor, tags. No IO, no clock, no async: whatever a decision needs is an argument.

pub mod alerts;
pub mod audit;
pub mod channel_tree;
pub mod contact_imports;
pub mod contrast;
pub mod csv;
pub mod domains;
pub mod look;
pub mod masking;
pub mod merging;
pub mod passwords;
pub mod permissions;
pub mod presence;
pub mod proof_of_work;
pub mod recalling;
pub mod routing;
pub mod search;
pub mod second_factor;
pub mod tags;
pub mod webhooks;
