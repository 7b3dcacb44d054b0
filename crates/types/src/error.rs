//! Errors as callers see them: `application/problem+json` (RFC 9457) with a closed list of codes.

use crate::id::RequestId;
use serde::{Deserialize, Serialize};

/// Declares a closed list of codes: the enum, its `snake_case` text and the list of all, which the translations are tested
/// against.
// `$text` is a `tt`: as a `literal` it reaches the schema's derive wrapped in an invisible group, which it does not read.
macro_rules! code_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:tt,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as written on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

code_enum!(
    /// Why a request or a frame failed. The list is closed: the console and the widget translate every code.
    ErrorCode {
        /// 400: the body, query or path is not what the operation reads (malformed JSON, wrong type, invalid UTF-8).
        MalformedRequest = "malformed_request",
        /// 401: no valid identity. Sign in again.
        Unauthenticated = "unauthenticated",
        /// 401: the account or the password is wrong; the same answer for an unknown account.
        WrongCredentials = "wrong_credentials",
        /// 403: known, but not allowed.
        Forbidden = "forbidden",
        /// 403: the API token has not got the scope that the operation needs; `detail` and `WWW-Authenticate` name it.
        InsufficientScope = "insufficient_scope",
        /// 403: there were many wrong passwords; sign in with a solved challenge (`POST /api/v1/auth/challenges`).
        ProofRequired = "proof_required",
        /// 403: a colleague's console is looked at, in which nothing is changed.
        ReadOnlyView = "read_only_view",
        /// 403: the channel is disabled; visitors cannot write.
        ChannelDisabled = "channel_disabled",
        /// 404: not there, or not yours.
        NotFound = "not_found",
        /// 405: the path exists, but not with this method.
        MethodNotAllowed = "method_not_allowed",
        /// 409: the request clashes with the present state.
        Conflict = "conflict",
        /// 409: the channel has a form that the visitor answers before they write for the first time.
        FormRequired = "form_required",
        /// 409: the first request with this `Idempotency-Key` is not answered yet, or its outcome is not known.
        IdempotencyInProgress = "idempotency_in_progress",
        /// 413: the body or frame is larger than the operation reads.
        TooLarge = "too_large",
        /// 415: the body's content type is not `application/json`.
        UnsupportedMediaType = "unsupported_media_type",
        /// 422: fields are invalid; `errors` names each.
        Invalid = "invalid",
        /// 422: the `Idempotency-Key` was used for another request.
        IdempotencyKeyReused = "idempotency_key_reused",
        /// 429: too many requests; `Retry-After` says when to try again.
        RateLimited = "rate_limited",
        /// 500: our fault. The log has the request id.
        Internal = "internal",
        /// 502: a service that we depend on (mail, code webhook, translation) refused or did not answer.
        Upstream = "upstream",
        /// 503: the server has too much to do. Nothing was stored; try again after `retry_after`.
        Busy = "busy",
        /// 503: the database is away, or its answer was lost. **Whether something was stored is not known.** What may be
        /// repeated (messages with the same nonce, read marks, `PUT`, `PATCH`, `DELETE`), try again after `retry_after`;
        /// before creating anything again, look whether it is there.
        Unavailable = "unavailable",
    }
);

code_enum!(
    /// What is wrong with one field.
    FieldCode {
        /// Nothing was given.
        Required = "required",
        /// Fewer characters than the minimum.
        TooShort = "too_short",
        /// More characters (or bytes, where the detail says so) than the limit.
        TooLong = "too_long",
        /// Not of the form that the field has.
        InvalidFormat = "invalid_format",
        /// A number outside its range.
        OutOfRange = "out_of_range",
        /// The agreement must be ticked.
        NotAccepted = "not_accepted",
        /// Somebody else has it already.
        Taken = "taken",
        /// Not the right one: the verification code, the old password, the name typed to confirm.
        Wrong = "wrong",
        /// It was right once: a code after its time, or one that was used.
        Expired = "expired",
        /// A password that is tried first: a common one, or one made of the account's own words.
        Guessable = "guessable",
        /// Too many wrong tries: ask for a new code.
        Exhausted = "exhausted",
    }
);

impl ErrorCode {
    /// The HTTP status that goes with the code.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::MalformedRequest => 400,
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::Forbidden
            | Self::InsufficientScope
            | Self::ProofRequired
            | Self::ReadOnlyView
            | Self::ChannelDisabled => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::FormRequired | Self::IdempotencyInProgress => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::IdempotencyKeyReused => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Upstream => 502,
            Self::Busy | Self::Unavailable => 503,
        }
    }

    /// A short English title, the same for every occurrence of the code.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::MalformedRequest => "The request could not be read",
            Self::Unauthenticated => "Sign in first",
            Self::WrongCredentials => "Wrong account or password",
            Self::Forbidden => "Not allowed",
            Self::InsufficientScope => "The token has not got the scope",
            Self::ProofRequired => "A solved challenge is required",
            Self::ReadOnlyView => "A view is read only",
            Self::ChannelDisabled => "The channel is disabled",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Conflict",
            Self::FormRequired => "The channel's form has to be answered first",
            Self::IdempotencyInProgress => "Not answered yet",
            Self::TooLarge => "Too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::Invalid => "Some fields are invalid",
            Self::IdempotencyKeyReused => "The key was used for another request",
            Self::RateLimited => "Too many requests",
            Self::Internal => "Internal error",
            Self::Upstream => "A service we depend on failed",
            Self::Busy => "Busy, try again",
            Self::Unavailable => "Something that the server needs does not answer",
        }
    }
}

/// One field's error inside a [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field as the request names it; nested fields are joined by dots (`style.color`).
    pub field: String,
    /// What is wrong.
    pub code: FieldCode,
    /// The same in English, with the limit where there is one.
    pub detail: String,
    /// The limit that was broken (characters, or the number's bound), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// The body of every error answer: RFC 9457 problem details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for the kind of problem: `urn:parlor:error:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short English title, the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The machine-readable code, for translation.
    pub code: ErrorCode,
    /// What happened this time, in English.
    pub detail: String,
    /// The fields at fault, when `code` is `invalid`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds to wait before trying again, when `code` is `rate_limited`, `busy` or `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The request, as the server's log names it. Frames have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
}

impl Problem {
    /// A problem of this code, with this occurrence's detail.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:parlor:error:{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            request_id: None,
        }
    }

    /// A validation problem that names each field.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let mut problem = Self::new(ErrorCode::Invalid, format!("Invalid: {}", fields.join(", ")));
        problem.errors = errors;
        problem
    }

    /// A rate-limit problem that says how many seconds to wait.
    #[must_use]
    pub fn rate_limited(seconds: u32) -> Self {
        let mut problem = Self::new(ErrorCode::RateLimited, format!("Try again in {seconds} s"));
        problem.retry_after = Some(seconds);
        problem
    }
}
