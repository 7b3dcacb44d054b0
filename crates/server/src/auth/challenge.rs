//! Proof-of-work challenges: signed and therefore not kept, solved once.

use crate::auth::once::{NotTaken, OnceGuard};
use crate::auth::signing::Key;
use crate::ids::Ids;
use crate::shared::Shared;
use types::auth::{Challenge, Proof};
use types::time::Timestamp;

/// Seconds to solve a challenge in: ample for the slowest phone, and a form that stays open asks for another.
const LIFETIME_SECONDS: i64 = 300;

/// Solved challenges that are remembered at a time; each has cost its solver the work.
const REMEMBERED: usize = 100_000;

/// Issues challenges and checks their solutions.
#[derive(Debug)]
pub struct Challenges {
    key: Key,
    bits: u8,
    solved: OnceGuard,
}

/// Why a proof is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not one of our challenges, or not a solution of it.
    Wrong,
    /// Its time is over, or it was used before.
    Expired,
    /// Too many others were solved lately; it stays good.
    Busy,
}

/// A solution that is right; whether it is the first is still to be asked.
#[derive(Debug, Clone, Copy)]
pub struct Solved {
    id: [u8; 16],
    expires: Timestamp,
}

impl Challenges {
    /// Challenges of this difficulty, signed with this key.
    #[must_use]
    pub fn new(key: Key, bits: u8) -> Self {
        Self { key, bits, solved: OnceGuard::new(REMEMBERED) }
    }

    /// A fresh challenge.
    #[must_use]
    pub fn issue(&self, ids: &Ids, now: Timestamp) -> Challenge {
        let expires_at = now.plus_seconds(LIFETIME_SECONDS);
        let mut payload = ids.bytes::<16>().to_vec();
        payload.extend(expires_at.0.to_be_bytes());
        payload.push(self.bits);
        Challenge { challenge: self.key.seal(&payload), bits: self.bits, expires_at }
    }

    /// Checks a proof without using it up.
    ///
    /// # Errors
    /// [`Refusal`] says why it is none.
    pub fn check(&self, proof: &Proof) -> Result<Solved, Refusal> {
        let payload = self.key.open(&proof.challenge).ok_or(Refusal::Wrong)?;
        let (id, rest) = payload.split_first_chunk::<16>().ok_or(Refusal::Wrong)?;
        let (expires, rest) = rest.split_first_chunk::<8>().ok_or(Refusal::Wrong)?;
        let [bits] = rest else { return Err(Refusal::Wrong) };
        if !rules::proof_of_work::verify(&proof.challenge, proof.nonce, *bits) {
            return Err(Refusal::Wrong);
        }
        Ok(Solved { id: *id, expires: Timestamp(i64::from_be_bytes(*expires)) })
    }

    /// Uses up a solution, once, here and at the other servers.
    ///
    /// # Errors
    /// [`Refusal`] says why not.
    pub async fn take(&self, shared: &Shared, solved: Solved, now: Timestamp) -> Result<(), Refusal> {
        self.solved.take(solved.id, solved.expires, now).map_err(|why| match why {
            NotTaken::Spent => Refusal::Expired,
            NotTaken::Full => Refusal::Busy,
        })?;
        let first = shared.first_time("challenge", &solved.id, solved.expires.millis_since(now)).await;
        if first { Ok(()) } else { Err(Refusal::Expired) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use futures_util::FutureExt;
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn no_text_is_a_challenge_and_no_payload_panics(
            text in ".*", payload in prop::collection::vec(any::<u8>(), 0..40), nonce in any::<u64>(),
        ) {
            let key = Key::from_secret(b"key");
            let challenges = Challenges::new(key.clone(), 0);
            prop_assert_eq!(challenges.check(&Proof { challenge: text, nonce }).err(), Some(Refusal::Wrong));
            // Sealed by us, but not of a challenge's length, or of a difficulty that nobody could have met.
            let bits = payload.get(24).copied().unwrap_or_default();
            let taken = challenges.check(&Proof { challenge: key.seal(&payload), nonce }).is_ok();
            prop_assert!(!taken || (payload.len() == 25 && bits < 64));
        }
    }

    fn solved(challenge: &Challenge) -> Proof {
        let nonce = rules::proof_of_work::search(&challenge.challenge, challenge.bits, 0, 1 << 20).unwrap();
        Proof { challenge: challenge.challenge.clone(), nonce }
    }

    fn taken(challenges: &Challenges, proof: &Proof, now: Timestamp) -> Result<(), Refusal> {
        let solved = challenges.check(proof)?;
        challenges.take(&Shared::default(), solved, now).now_or_never().unwrap()
    }

    #[test]
    fn a_solution_is_taken_once_and_in_time() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        let challenges = Challenges::new(Key::from_secret(b"key"), 8);
        let now = Timestamp(0);
        let proof = solved(&challenges.issue(&ids, now));
        assert_eq!(taken(&challenges, &proof, now), Ok(()));
        assert_eq!(taken(&challenges, &proof, now), Err(Refusal::Expired));
        let late = solved(&challenges.issue(&ids, now));
        assert_eq!(taken(&challenges, &late, now.plus_seconds(LIFETIME_SECONDS)), Err(Refusal::Expired));
    }

    #[test]
    fn what_is_no_solution_or_not_ours_is_refused() {
        let ids = Ids::from_os(Arc::new(SystemClock));
        let challenges = Challenges::new(Key::from_secret(b"key"), 8);
        let others = Challenges::new(Key::from_secret(b"another"), 0);
        let now = Timestamp(0);
        assert_eq!(taken(&challenges, &solved(&others.issue(&ids, now)), now), Err(Refusal::Wrong));
        let mut proof = solved(&challenges.issue(&ids, now));
        while rules::proof_of_work::verify(&proof.challenge, proof.nonce, 8) {
            proof.nonce += 1;
        }
        assert_eq!(taken(&challenges, &proof, now), Err(Refusal::Wrong));
        proof.challenge.push('A');
        assert_eq!(taken(&challenges, &proof, now), Err(Refusal::Wrong));
    }
}
