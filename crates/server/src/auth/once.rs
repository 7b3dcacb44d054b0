//! Things that are good once: solved challenges and socket tickets.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use types::time::Timestamp;

/// Remembers what was used until it expires. Bounded: what expires forgets itself, and beyond the bound nothing is taken.
#[derive(Debug)]
pub struct OnceGuard {
    used: Mutex<BTreeSet<(Timestamp, [u8; 16])>>,
    bound: usize,
}

/// Why a thing is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It was used, or its time is over.
    Spent,
    /// Nothing more can be remembered at present.
    Full,
}

impl OnceGuard {
    /// A guard that remembers at most `bound` things at a time.
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self { used: Mutex::default(), bound }
    }

    /// Whether the thing is still good and was not used before; from now on it is used.
    ///
    /// `expires` must come out of the signed thing itself, so that the same thing always comes with the same moment.
    pub fn first_time(&self, id: [u8; 16], expires: Timestamp, now: Timestamp) -> bool {
        self.take(id, expires, now).is_ok()
    }

    /// The same, saying why not.
    ///
    /// # Errors
    /// [`NotTaken`] says whether the thing is bad or the guard is full.
    pub fn take(&self, id: [u8; 16], expires: Timestamp, now: Timestamp) -> Result<(), NotTaken> {
        if expires <= now {
            return Err(NotTaken::Spent);
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while used.first().is_some_and(|(expired, _)| *expired <= now) {
            used.pop_first();
        }
        if used.contains(&(expires, id)) {
            return Err(NotTaken::Spent);
        }
        if used.len() >= self.bound {
            return Err(NotTaken::Full);
        }
        used.insert((expires, id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_good_once_and_until_it_expires() {
        let guard = OnceGuard::new(10);
        assert!(guard.first_time([1; 16], Timestamp(100), Timestamp(0)));
        assert!(!guard.first_time([1; 16], Timestamp(100), Timestamp(99)));
        assert!(!guard.first_time([2; 16], Timestamp(100), Timestamp(100)));
    }

    #[test]
    fn a_full_guard_takes_nothing_until_something_expires() {
        let guard = OnceGuard::new(1);
        assert!(guard.first_time([1; 16], Timestamp(100), Timestamp(0)));
        assert_eq!(guard.take([2; 16], Timestamp(200), Timestamp(0)), Err(NotTaken::Full));
        assert_eq!(guard.take([1; 16], Timestamp(100), Timestamp(0)), Err(NotTaken::Spent));
        assert!(guard.first_time([2; 16], Timestamp(200), Timestamp(100)));
    }
}
