//! The second factor: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

use crate::error::FieldError;
use crate::limits;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// One's own second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactor {
    /// Since when it is asked for at sign-in; absent while it is off.
    pub enabled_at: Option<Timestamp>,
    /// Recovery codes that have not been used.
    pub recovery_codes_left: u32,
}

/// Begins to set up a second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginSecondFactor {
    /// The password, once more.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub password: String,
}

impl Validate for BeginSecondFactor {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("password", validate::length(&self.password, 1, limits::PASSWORD_MAX));
        faults.into_errors()
    }
}

/// What an authenticator app is set up with. Nothing is asked for until a code has confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactorSetup {
    /// The secret in base32, to be typed in where no picture can be taken.
    pub secret: String,
    /// The same with everything else, for a QR code: `otpauth://totp/…`.
    pub uri: String,
}

/// Turns the second factor on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmSecondFactor {
    /// The code that the app shows.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub code: String,
}

impl Validate for ConfirmSecondFactor {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("code", validate::length(&self.code, 1, limits::SECOND_FACTOR_CODE_MAX));
        faults.into_errors()
    }
}

/// Proves both factors, to change something of the second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BothFactors {
    /// The password, once more.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub password: String,
    /// A code of the app, or a recovery code.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub code: String,
}

impl Validate for BothFactors {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("password", validate::length(&self.password, 1, limits::PASSWORD_MAX))
            .check("code", validate::length(&self.code, 1, limits::SECOND_FACTOR_CODE_MAX));
        faults.into_errors()
    }
}

/// Recovery codes. They are shown this once; each is good for one sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// Ten of them, as `abcd-efgh-jkmn-pqrs`.
    pub items: Vec<String>,
}

/// The password is right, and the account has a second factor: nobody is signed in yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondFactorNeeded {
    /// Goes back with the code. It is good for nothing else, and for one sign-in.
    pub second_factor_token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Finishes a sign-in with the second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishLogin {
    /// What `login` has answered.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 512))]
    pub second_factor_token: String,
    /// A code of the app, or a recovery code.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub code: String,
}

impl Validate for FinishLogin {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("second_factor_token", validate::length(&self.second_factor_token, 1, 512))
            .check("code", validate::length(&self.code, 1, limits::SECOND_FACTOR_CODE_MAX));
        faults.into_errors()
    }
}
