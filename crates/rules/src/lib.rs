//! Pure decisions: permissions and proof of work. No IO, no clock, no async: whatever a decision needs is an argument.

pub mod permissions;
pub mod proof_of_work;
