//! The REST API as typed calls: one method for each operation, named by its operation id.
//!
//! [`Api`] builds requests and reads answers; a [`Transport`] carries them. In the browser that is `Browser` (fetch), in
//! native tests `Native` (reqwest); the console wraps the former to add and renew the access token.

mod calls;
mod error;
mod request;
mod transport;

pub use calls::{LoginStep, Stretch};
pub use error::ApiError;
pub use request::{Method, Query, Request, Response};
#[cfg(feature = "browser")]
pub use transport::Browser;
#[cfg(not(target_arch = "wasm32"))]
pub use transport::Native;
pub use transport::{Transport, TransportError};

/// The REST API over some transport.
#[derive(Debug, Clone)]
pub struct Api<T> {
    transport: T,
}

impl<T: Transport> Api<T> {
    /// The API over this transport.
    pub fn new(transport: T) -> Self {
        Self { transport }
    }

    /// The transport.
    pub fn transport(&self) -> &T {
        &self.transport
    }
}
