//! Calls about what new visitors are greeted with.

use crate::rest::{Api, ApiError, Method, Transport};
use types::welcome::{SetWelcome, Welcome};

impl<T: Transport> Api<T> {
    /// What new visitors are greeted with.
    pub async fn get_welcome(&self) -> Result<Welcome, ApiError> {
        self.call(Method::Get, WELCOME, None::<&()>, None).await
    }

    /// Sets what new visitors are greeted with.
    pub async fn set_welcome(&self, request: &SetWelcome) -> Result<Welcome, ApiError> {
        self.call(Method::Put, WELCOME, Some(request), None).await
    }
}

const WELCOME: &str = "/api/v1/welcome";
