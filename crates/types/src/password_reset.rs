//! Forgotten passwords: a code to the account's mobile number or email address, and a new password for it.

use crate::auth::Proof;
use crate::error::FieldError;
use crate::limits;
use crate::object;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// By which of an account's own addresses a code reaches its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResetBy {
    /// By text message to the mobile number.
    Mobile,
    /// By email.
    Email,
}

/// Asks for a code that lets a new password be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendPasswordResetCode {
    /// The login account.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub account: String,
    /// Where the code goes: to the address of this kind that the account has.
    pub by: ResetBy,
    /// The solved puzzle.
    #[serde(deserialize_with = "object::only")]
    pub proof: Proof,
}

impl Validate for SendPasswordResetCode {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("account", validate::length(&self.account, 1, limits::ACCOUNT_MAX))
            .check("proof.challenge", validate::length(&self.proof.challenge, 1, 512));
        faults.into_errors()
    }
}

/// Sets a new password with the code. Every session of the account ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The login account.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub account: String,
    /// The code.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{6}$"))]
    pub code: String,
    /// The new password.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub new_password: String,
    /// A code of the authenticator app or a recovery code, where the account has a second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub second_factor: Option<String>,
}

impl Validate for ResetPassword {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("account", validate::length(&self.account, 1, limits::ACCOUNT_MAX))
            .check("code", validate::code(&self.code))
            .check("new_password", validate::password(&self.new_password));
        if let Some(code) = &self.second_factor {
            faults.check("second_factor", validate::length(code, 1, limits::SECOND_FACTOR_CODE_MAX));
        }
        faults.into_errors()
    }
}
