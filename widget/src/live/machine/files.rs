//! How the files in the chat are reached, and when to ask for it again.

use super::Machine;
use crate::live::link::Link;
use types::attachments::FileAccess;
use types::time::Timestamp;

/// After how many milliseconds the way to files is asked for again: it is good for an hour at least, by whatever clock.
const AGAIN_MS: i64 = 50 * 60 * 1000;

impl Machine {
    /// How files are reached, once a session was open.
    #[must_use]
    pub fn files(&self) -> Option<&FileAccess> {
        self.files.as_ref().map(|(files, _)| files)
    }

    pub(super) fn take_files(&mut self, files: FileAccess, now: Timestamp) {
        self.files = Some((files, now.plus_millis(AGAIN_MS)));
    }

    /// When the way to the files that are shown has to be asked for again.
    pub(super) fn files_again_at(&self) -> Option<Timestamp> {
        let has_files = || self.chat.messages().iter().any(|message| message.content.attachment().is_some());
        let (_, at) = self.files.as_ref().filter(|_| self.link() == Link::Live && !self.opening && has_files())?;
        Some(*at)
    }
}
