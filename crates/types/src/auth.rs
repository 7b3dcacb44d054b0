//! Registration, verification codes, login.

use crate::agents::{LoginState, Me};
use crate::error::FieldError;
use crate::id::OrgId;
use crate::limits;
use crate::object;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// A proof-of-work puzzle that guards a public form.
///
/// Find a `nonce` such that SHA-256 of `<challenge>:<nonce>` (nonce in decimal) begins with `bits` zero bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Challenge {
    /// The puzzle; opaque and signed.
    pub challenge: String,
    /// How many leading zero bits the hash must have.
    pub bits: u8,
    /// Until when a solution is taken. Each is taken once.
    pub expires_at: Timestamp,
}

/// A solved [`Challenge`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The puzzle as it was given.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 512))]
    pub challenge: String,
    /// The number that solves it.
    #[serde(deserialize_with = "crate::number::whole")]
    pub nonce: u64,
}

/// Asks for a verification code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendVerificationCode {
    /// The mobile number to verify.
    #[cfg_attr(feature = "openapi", schema(pattern = "^1[3-9][0-9]{9}$"))]
    pub mobile: String,
    /// Where the code goes when the operator delivers codes by email.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 3,
            max_length = 254,
            pattern = "^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
        )
    )]
    pub email: Option<String>,
    /// The solved puzzle.
    #[serde(deserialize_with = "object::only")]
    pub proof: Proof,
}

impl Validate for SendVerificationCode {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("mobile", validate::mobile(&self.mobile));
        if let Some(email) = &self.email {
            faults.check("email", validate::email(email));
        }
        faults.check("proof.challenge", validate::length(&self.proof.challenge, 1, 512));
        faults.into_errors()
    }
}

/// A code is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerificationCodeSent {
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Seconds until another can be asked for.
    pub resend_after: u32,
}

/// Registers an organisation and its first admin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterOrganisation {
    /// The organisation's name.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 80,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub org_name: String,
    /// The contact person, who becomes the first admin.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub contact_name: String,
    /// Their email address.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 3,
            max_length = 254,
            pattern = "^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
        )
    )]
    pub email: String,
    /// The login account they want.
    #[cfg_attr(feature = "openapi", schema(min_length = 4, max_length = 32, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$"))]
    pub account: String,
    /// Their password.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128))]
    pub password: String,
    /// Their mobile number, to which the code was sent.
    #[cfg_attr(feature = "openapi", schema(pattern = "^1[3-9][0-9]{9}$"))]
    pub mobile: String,
    /// The code.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{6}$"))]
    pub code: String,
    /// "I have read the user agreement".
    #[cfg_attr(feature = "openapi", schema(schema_with = accepted))]
    pub agreement_accepted: bool,
}

impl Validate for RegisterOrganisation {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("org_name", validate::line(&self.org_name, 1, limits::ORG_NAME_MAX))
            .check("contact_name", validate::line(&self.contact_name, 1, limits::PERSON_NAME_MAX))
            .check("email", validate::email(&self.email))
            .check("account", validate::account(&self.account))
            .check("password", validate::password(&self.password))
            .check("mobile", validate::mobile(&self.mobile))
            .check("code", validate::code(&self.code))
            .check("agreement_accepted", validate::accepted(self.agreement_accepted));
        faults.into_errors()
    }
}

/// The organisation exists; its admin can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// The new organisation.
    pub org_id: OrgId,
    /// The account to sign in with.
    pub account: String,
}

/// Signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The login account.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 32))]
    pub account: String,
    /// The password.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 128))]
    pub password: String,
    /// Receive messages, or none.
    #[serde(default)]
    pub login_state: LoginState,
    /// "Service agreement and privacy policy read".
    #[cfg_attr(feature = "openapi", schema(schema_with = accepted))]
    pub agreements_accepted: bool,
    /// A solved challenge: wanted after several wrong passwords (`proof_required`), and left alone otherwise.
    #[serde(default, deserialize_with = "object::only_or_null", skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

impl Validate for Login {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("account", validate::length(&self.account, 1, limits::ACCOUNT_MAX))
            .check("password", validate::length(&self.password, 1, limits::PASSWORD_MAX))
            .check("agreements_accepted", validate::accepted(self.agreements_accepted));
        if let Some(proof) = &self.proof {
            faults.check("proof.challenge", validate::length(&proof.challenge, 1, 512));
        }
        faults.into_errors()
    }
}

/// A valid identity. The refresh token is in an `HttpOnly` cookie beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it expires; refresh before.
    pub expires_in: u32,
    /// Who signed in.
    pub me: Me,
}

/// A one-time ticket for opening a socket; see `docs/realtime.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SocketTicket {
    /// Give it as the `ticket` query parameter. Good once.
    pub ticket: String,
    /// Seconds until it expires.
    pub expires_in: u32,
}

/// A code that the `console` sender printed, for the development-only page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevelopmentCode {
    /// Whom it was for.
    pub mobile: String,
    /// The code.
    pub code: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// The codes of the `console` sender, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevelopmentCodes {
    /// At most the last 20.
    pub items: Vec<DevelopmentCode>,
}

/// The schema of a box that must be ticked.
#[cfg(feature = "openapi")]
fn accepted() -> utoipa::openapi::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .enum_values(Some([true]))
        .description(Some("Must be true: it has been read."))
        .build()
}
