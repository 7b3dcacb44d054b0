//! Pure decisions: permissions, routing, alerts, masking, proof of work, guessable passwords, recalling, search, tags. No IO, no clock, no async: whatever a decision
//! needs is an argument.

pub mod alerts;
pub mod masking;
pub mod passwords;
pub mod permissions;
pub mod presence;
pub mod proof_of_work;
pub mod recalling;
pub mod routing;
pub mod search;
pub mod tags;
