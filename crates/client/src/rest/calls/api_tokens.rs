//! API tokens.

use crate::rest::{Api, ApiError, Method, Transport};
use types::api_tokens::{ApiTokens, CreateApiToken, CreatedApiToken};
use types::id::ApiTokenId;

/// API tokens.
impl<T: Transport> Api<T> {
    /// Every token, newest first.
    pub async fn list_api_tokens(&self) -> Result<ApiTokens, ApiError> {
        self.call(Method::Get, "/api/v1/api-tokens", None::<&()>, None).await
    }

    /// Makes a token; its secret is in the answer and never again.
    pub async fn create_api_token(&self, request: &CreateApiToken) -> Result<CreatedApiToken, ApiError> {
        self.call(Method::Post, "/api/v1/api-tokens", Some(request), None).await
    }

    /// Takes a token away.
    pub async fn revoke_api_token(&self, token_id: ApiTokenId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/api-tokens/{token_id}"), None::<&()>, None).await
    }
}
