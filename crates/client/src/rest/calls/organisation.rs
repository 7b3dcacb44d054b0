//! Calls about what holds in all of an organisation's channels.

use crate::rest::{Api, ApiError, Method, Transport};
use types::attachments::FileLimit;

impl<T: Transport> Api<T> {
    /// How large a file may be.
    pub async fn get_file_limit(&self) -> Result<FileLimit, ApiError> {
        self.call(Method::Get, FILE_LIMIT, None::<&()>, None).await
    }

    /// Sets how large a file may be.
    pub async fn set_file_limit(&self, request: &FileLimit) -> Result<FileLimit, ApiError> {
        self.call(Method::Put, FILE_LIMIT, Some(request), None).await
    }
}

const FILE_LIMIT: &str = "/api/v1/organisation/file-limit";
