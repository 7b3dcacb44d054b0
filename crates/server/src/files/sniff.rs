//! What a file is, by its first bytes. Its name and whatever the sender says play no part.

use image::ImageFormat;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 8 * 1024;

/// What a file that nothing is known of counts as.
pub const UNKNOWN: &str = "application/octet-stream";

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It may be a picture that browsers show: it is taken apart and made anew.
    Picture(ImageFormat),
    /// A video that browsers may play.
    Video,
    /// Anything else: it is only saved.
    Other,
}

/// What the head of a file says: what to do with it, and its media type.
#[must_use]
pub fn sniff(head: &[u8]) -> (Kind, &'static str) {
    match infer::get(head).map(|found| found.mime_type()) {
        Some("image/jpeg") => (Kind::Picture(ImageFormat::Jpeg), "image/jpeg"),
        Some("image/png") => (Kind::Picture(ImageFormat::Png), "image/png"),
        Some("image/gif") => (Kind::Picture(ImageFormat::Gif), "image/gif"),
        Some("image/webp") => (Kind::Picture(ImageFormat::WebP), "image/webp"),
        Some("video/mp4" | "video/x-m4v") => (Kind::Video, "video/mp4"),
        Some("video/quicktime") => (Kind::Video, "video/quicktime"),
        Some("video/webm") => (Kind::Video, "video/webm"),
        Some(other) => (Kind::Other, other),
        None => (Kind::Other, UNKNOWN),
    }
}

/// As what a file is served: only what browsers show without running anything goes under its own name.
#[must_use]
pub fn served_as(media_type: &str) -> Option<&'static str> {
    ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/quicktime", "video/webm"]
        .into_iter()
        .find(|known| *known == media_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_browsers_would_run_is_nothing_that_they_are_shown() {
        for (head, expected) in [
            (&b"<!doctype html><script>alert(1)</script>"[..], Kind::Other),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", Kind::Other),
            (b"<?xml version=\"1.0\"?><svg/>", Kind::Other),
            (b"%PDF-1.7", Kind::Other),
            (b"MZ\x90\0", Kind::Other),
            (b"hello", Kind::Other),
            (b"", Kind::Other),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Picture(ImageFormat::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Picture(ImageFormat::Png)),
            (b"GIF89a", Kind::Picture(ImageFormat::Gif)),
            (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Kind::Video),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Kind::Video),
        ] {
            let (kind, media_type) = sniff(head);
            assert_eq!(kind, expected, "{}", String::from_utf8_lossy(head));
            assert_eq!(served_as(media_type).is_some(), kind != Kind::Other, "{media_type}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_whatever_is_shown_is_a_picture_or_a_video(head in prop::collection::vec(any::<u8>(), 0..200)) {
            let (kind, media_type) = sniff(&head);
            prop_assert_eq!(served_as(media_type).is_some(), kind != Kind::Other);
        }

        #[test]
        fn text_is_never_shown(text in "[\\x20-\\x7e\\r\\n\\t]{0,200}") {
            // `GIF87a` and its like are text, too: only what begins like a picture counts as one.
            let (kind, _) = sniff(text.as_bytes());
            prop_assert!(kind == Kind::Other || text.starts_with("GIF8") || text.starts_with("RIFF") || text.get(4..8) == Some("ftyp"));
        }
    }
}
