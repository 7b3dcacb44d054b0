//! A file on its way in: the body of a request, as raw bytes, into a file without a name that goes away by itself.

use super::{failed, unavailable};
use crate::clock::Clock;
use crate::disk::free_bytes;
use crate::error::{ApiError, ApiResult};
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Payload;
use futures_util::StreamExt;
use std::fs::File;
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;
use types::error::ErrorCode;

/// How long a client may say nothing in the middle of a file.
const SILENCE_SECONDS: i64 = 30;
/// How long a file may take as a whole.
pub(super) const WHOLE_SECONDS: i64 = 60 * 60;

/// A file that has come.
#[derive(Debug)]
pub struct Received {
    /// Its bytes. Nobody else can open it, and nothing is left of it when it is closed.
    pub file: File,
    /// How many.
    pub bytes: u64,
}

/// Whether the head of a request promises a file that will be taken: before a byte of it is read.
///
/// # Errors
/// What the content type or the length are instead.
pub fn check_head(headers: &HeaderMap, max_bytes: u64) -> ApiResult<()> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/octet-stream") {
        let detail = "The body must be the file itself with the content type application/octet-stream";
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, detail));
    }
    if !headers.get_all(header::CONTENT_ENCODING).all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(ApiError::new(ErrorCode::UnsupportedMediaType, "The body must not be compressed"));
    }
    match text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if length > max_bytes => Err(too_large(max_bytes)),
        _ => Ok(()),
    }
}

/// Where files are received, and how much of that disk is not theirs: the database lies there too, and a full disk would stop
/// every message.
#[derive(Debug, Clone)]
pub struct Room {
    /// The folder.
    pub folder: PathBuf,
    /// Bytes of its disk that stay free.
    pub keep_free: u64,
}

/// So often the disk is looked at while a file comes: many may come at once.
const LOOK_EVERY: u64 = 8 << 20;

impl Room {
    /// # Errors
    /// Unavailable when there is no room for this many bytes. Where the disk does not say, there is.
    async fn check(&self, bytes: u64) -> ApiResult<()> {
        let Self { folder, keep_free } = self.clone();
        let free = actix_web::web::block(move || free_bytes(&folder).ok()).await?;
        match free {
            Some(free) if free < keep_free.saturating_add(bytes) => {
                tracing::warn!(
                    disk.free = free,
                    disk.keep_free = keep_free,
                    "files are refused: the disk is nearly full"
                );
                Err(unavailable("There is no room for files at the moment"))
            }
            _ => Ok(()),
        }
    }
}

/// Takes the body of a request, at most `max_bytes` of it.
///
/// # Errors
/// When it is too large, breaks off or dribbles; unavailable when there is no room for it, or the disk does not take it: a quota, a
/// limit of file sizes, a folder that is gone or may not be written.
pub async fn receive(mut payload: Payload, room: &Room, max_bytes: u64, clock: &dyn Clock) -> ApiResult<Received> {
    room.check(0).await?;
    let file = tempfile::tempfile_in(&room.folder).map_err(failed)?;
    let mut file = tokio::fs::File::from_std(file);
    let (mut bytes, mut looked_at) = (0_u64, 0_u64);
    let end = clock.now().plus_seconds(WHOLE_SECONDS);
    loop {
        let patience = clock.sleep_until(clock.now().plus_seconds(SILENCE_SECONDS).min(end));
        let chunk = tokio::select! {
            chunk = payload.next() => chunk,
            () = patience => return Err(ApiError::new(ErrorCode::MalformedRequest, "The body took too long to come")),
        };
        let Some(chunk) = chunk else { break };
        let chunk =
            chunk.map_err(|error| ApiError::new(ErrorCode::MalformedRequest, "The body broke off").because(error))?;
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > max_bytes {
            return Err(too_large(max_bytes));
        }
        if bytes.saturating_sub(looked_at) >= LOOK_EVERY {
            looked_at = bytes;
            room.check(0).await?;
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    // It is about to be written once more, to where it stays.
    room.check(bytes).await?;
    Ok(Received { file: file.into_std().await, bytes })
}

fn too_large(max_bytes: u64) -> ApiError {
    ApiError::new(ErrorCode::TooLarge, format!("A file has at most {max_bytes} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn head(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_head_that_promises_something_else_is_refused_before_the_body() {
        let raw = (header::CONTENT_TYPE, "application/octet-stream");
        assert!(check_head(&head(&[raw.clone(), (header::CONTENT_LENGTH, "10")]), 10).is_ok());
        let code = |pairs: &[(HeaderName, &'static str)]| check_head(&head(pairs), 10).unwrap_err().problem().code;
        assert_eq!(code(&[raw.clone(), (header::CONTENT_LENGTH, "11")]), ErrorCode::TooLarge);
        assert_eq!(code(&[(header::CONTENT_TYPE, "image/png")]), ErrorCode::UnsupportedMediaType);
        assert_eq!(code(&[]), ErrorCode::UnsupportedMediaType);
        assert_eq!(code(&[raw, (header::CONTENT_ENCODING, "gzip")]), ErrorCode::UnsupportedMediaType);
    }
}
