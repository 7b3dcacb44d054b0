//! Prints codes in the server's log, and remembers the last few for the development page.

use crate::senders::CodeMessage;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use types::auth::DevelopmentCode;

/// Codes that the development page shows.
const SHOWN: usize = 20;

/// Delivers to the log.
#[derive(Debug, Default)]
pub struct ConsoleSender {
    sent: Mutex<VecDeque<DevelopmentCode>>,
}

impl ConsoleSender {
    pub(super) fn send(&self, message: &CodeMessage) {
        // The log is the delivery here: this is the one place where a code is logged, and only because the operator chose
        // this sender.
        let address =
            if message.mobile.is_empty() { message.email.as_deref().unwrap_or_default() } else { &message.mobile };
        tracing::warn!(mobile = address, code = message.code, "verification code");
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.truncate(SHOWN - 1);
        sent.push_front(DevelopmentCode {
            mobile: address.to_owned(),
            code: message.code.clone(),
            sent_at: message.sent_at,
            expires_at: message.expires_at,
        });
    }

    /// The last codes, newest first.
    #[must_use]
    pub fn sent(&self) -> Vec<DevelopmentCode> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::time::Timestamp;

    #[test]
    fn the_last_twenty_are_kept_newest_first() {
        let sender = ConsoleSender::default();
        for number in 0..30 {
            let code = format!("{number:06}");
            sender.send(&CodeMessage {
                mobile: "13800138000".to_owned(),
                email: None,
                code,
                sent_at: Timestamp(0),
                expires_at: Timestamp(1),
            });
        }
        let codes: Vec<String> = sender.sent().into_iter().map(|sent| sent.code).collect();
        assert_eq!(codes.len(), SHOWN);
        assert_eq!((codes[0].as_str(), codes[19].as_str()), ("000029", "000010"));
    }
}
