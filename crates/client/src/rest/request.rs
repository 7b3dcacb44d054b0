//! Requests and answers before a transport carries them.

use std::fmt::{Display, Write as _};

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or does.
    Post,
    /// Sets.
    Put,
    /// Changes some of it.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request, ready to be carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, from the server's root.
    pub path: String,
    /// The JSON body, where there is one.
    pub body: Option<String>,
    /// The token for `Authorization: Bearer`, where the call names one. A transport may add its own.
    pub bearer: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body; empty when there is none.
    pub body: String,
}

impl Response {
    /// Whether the status is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A query string under construction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query(String);

impl Query {
    /// Adds a parameter when it has a value.
    #[must_use]
    pub fn with<V: Display>(mut self, name: &str, value: Option<V>) -> Self {
        let Some(value) = value else { return self };
        self.0.push(if self.0.is_empty() { '?' } else { '&' });
        self.0.push_str(name);
        self.0.push('=');
        for byte in value.to_string().bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                self.0.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _written = write!(self.0, "%{byte:02X}");
            }
        }
        self
    }

    /// The path with the query behind it.
    #[must_use]
    pub fn of(self, path: impl Into<String>) -> String {
        let mut path = path.into();
        path.push_str(&self.0);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_absent_ones_left_out() {
        let query = Query::default().with("cursor", Some("a+b/c=")).with("limit", None::<u16>).with("q", Some("客"));
        assert_eq!(query.of("/x"), "/x?cursor=a%2Bb%2Fc%3D&q=%E5%AE%A2");
        assert_eq!(Query::default().of("/x"), "/x");
    }
}
