//! Attachments: the files that messages carry.
//!
//! A file is uploaded first, as raw bytes, and the answer is the [`Content`](crate::messages::Content) that a message with
//! it has. The message then names the attachment's id only; what it is, how large and how long, the server has found out
//! itself.

use crate::error::FieldError;
use crate::id::AttachmentId;
use crate::limits;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// A stored file. Everything here was found out by the server, the name apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// The attachment.
    pub id: AttachmentId,
    /// The file's name as the sender's device calls it, without folders and without anything that could mislead.
    pub name: String,
    /// What it is, by its first bytes and not by its name (`image/jpeg`, `application/pdf` …).
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: i64,
    /// Width in pixels as shown, where it is a picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    /// Height in pixels as shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// How long it plays, in milliseconds, where its container says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_millis: Option<i64>,
    /// Whether there is a small picture of it: a thumbnail, or a video's poster.
    #[serde(default)]
    pub has_preview: bool,
}

impl Attachment {
    /// Its address below a [`FileAccess::path`].
    #[must_use]
    pub fn path(&self, access: &FileAccess) -> String {
        [access.path.as_str(), &self.id.to_string()].concat()
    }

    /// The address of its small picture, if there is one.
    #[must_use]
    pub fn preview_path(&self, access: &FileAccess) -> Option<String> {
        self.has_preview.then(|| [&self.path(access), PREVIEW].concat())
    }

    /// The address that always saves it, and never shows it.
    #[must_use]
    pub fn download_path(&self, access: &FileAccess) -> String {
        [&self.path(access), DOWNLOAD].concat()
    }
}

/// What follows a file's address for its small picture.
pub const PREVIEW: &str = "/preview";
/// What follows a file's address for saving it.
pub const DOWNLOAD: &str = "/download";

/// How the files of one conversation are reached for a while, and how large a new one may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileAccess {
    /// The beginning of every file's address, from the server's root; the attachment's id follows it, and `/preview` for its
    /// small picture or `/download` to save it. It is signed, and good for the files of this conversation.
    pub path: String,
    /// Until when. Ask again before.
    pub expires_at: Timestamp,
    /// The largest file that can be uploaded, in bytes.
    pub max_bytes: i64,
}

/// How large a file may be in all of an organisation's channels. A channel and the installation may allow less: the smallest holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileLimit {
    /// In megabytes of 1,048,576 bytes; 0: as large as the installation allows.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 4096))]
    pub max_megabytes: u16,
}

impl Validate for FileLimit {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("max_megabytes", validate::range(self.max_megabytes.into(), 0, limits::FILE_MEGABYTES_MAX));
        faults.into_errors()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn addresses_follow_from_the_access() {
        let access = FileAccess { path: "/files/pass/".to_owned(), expires_at: Timestamp(0), max_bytes: 1 };
        let mut attachment = Attachment {
            id: AttachmentId(Uuid::nil()),
            name: "a.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            bytes: 1,
            width: None,
            height: None,
            duration_millis: None,
            has_preview: false,
        };
        let own = "/files/pass/00000000-0000-0000-0000-000000000000";
        assert_eq!(attachment.path(&access), own);
        assert_eq!(attachment.preview_path(&access), None);
        assert_eq!(attachment.download_path(&access), format!("{own}/download"));
        attachment.has_preview = true;
        assert_eq!(attachment.preview_path(&access), Some(format!("{own}/preview")));
    }
}
