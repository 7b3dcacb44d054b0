//! Calls about getting in: signing in with a second factor, forgotten passwords, and one's own second factor.

use crate::rest::{Api, ApiError, Method, Transport};
use serde::de::DeserializeOwned;
use types::auth::{Login, SignedIn, VerificationCodeSent};
use types::id::AgentId;
use types::password_reset::{ResetPassword, SendPasswordResetCode};
use types::second_factor::{
    BeginSecondFactor, BothFactors, ConfirmSecondFactor, FinishLogin, RecoveryCodes, SecondFactor, SecondFactorNeeded,
    SecondFactorSetup,
};

/// What comes of an account and its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginStep {
    /// Signed in; the refresh token came as a cookie.
    SignedIn(Box<SignedIn>),
    /// The second factor is asked for.
    SecondFactor(SecondFactorNeeded),
}

/// The status of an answer that asks for the second factor.
const ACCEPTED: u16 = 202;

/// Getting in.
impl<T: Transport> Api<T> {
    /// Signs in, or learns that the second factor is asked for.
    pub async fn login(&self, request: &Login) -> Result<LoginStep, ApiError> {
        let response = self.exchange(Method::Post, "/api/v1/auth/sessions".to_owned(), Some(request), None).await?;
        if response.status == ACCEPTED {
            return read(&response.body).map(LoginStep::SecondFactor);
        }
        read(&response.body).map(|signed_in| LoginStep::SignedIn(Box::new(signed_in)))
    }

    /// Signs in: the second step. The refresh token comes as a cookie.
    pub async fn finish_login(&self, request: &FinishLogin) -> Result<SignedIn, ApiError> {
        self.call(Method::Post, "/api/v1/auth/sessions/second-factor", Some(request), None).await
    }

    /// Sends a code to an account's own address, if there is such an account.
    pub async fn send_password_reset_code(
        &self,
        request: &SendPasswordResetCode,
    ) -> Result<VerificationCodeSent, ApiError> {
        self.call(Method::Post, "/api/v1/auth/password-reset-codes", Some(request), None).await
    }

    /// Sets a new password with the code; every session of the account ends.
    pub async fn reset_password(&self, request: &ResetPassword) -> Result<(), ApiError> {
        self.nothing(Method::Post, "/api/v1/auth/password-resets", Some(request), None).await
    }
}

/// One's own second factor, and a colleague's.
impl<T: Transport> Api<T> {
    /// Whether it is on.
    pub async fn get_second_factor(&self) -> Result<SecondFactor, ApiError> {
        self.call(Method::Get, "/api/v1/me/second-factor", None::<&()>, None).await
    }

    /// A secret for an authenticator app.
    pub async fn begin_second_factor(&self, request: &BeginSecondFactor) -> Result<SecondFactorSetup, ApiError> {
        self.call(Method::Post, "/api/v1/me/second-factor", Some(request), None).await
    }

    /// Turns it on with a code of the app.
    pub async fn confirm_second_factor(&self, request: &ConfirmSecondFactor) -> Result<RecoveryCodes, ApiError> {
        self.call(Method::Put, "/api/v1/me/second-factor", Some(request), None).await
    }

    /// New recovery codes for old ones.
    pub async fn renew_recovery_codes(&self, request: &BothFactors) -> Result<RecoveryCodes, ApiError> {
        self.call(Method::Post, "/api/v1/me/second-factor/recovery-codes", Some(request), None).await
    }

    /// Turns it off.
    pub async fn remove_second_factor(&self, request: &BothFactors) -> Result<(), ApiError> {
        self.nothing(Method::Post, "/api/v1/me/second-factor/removals", Some(request), None).await
    }

    /// Takes a colleague's off.
    pub async fn remove_agent_second_factor(&self, agent_id: AgentId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/agents/{agent_id}/second-factor"), None::<&()>, None).await
    }

    /// Signs out every other device of one's own.
    pub async fn revoke_other_sessions(&self) -> Result<(), ApiError> {
        self.nothing(Method::Delete, "/api/v1/me/sessions", None::<&()>, None).await
    }
}

fn read<R: DeserializeOwned>(body: &str) -> Result<R, ApiError> {
    types::json::from_str(body).map_err(|error| ApiError::Unreadable(error.to_string()))
}
