//! Proof of work: a number that takes many tries to find and one to check.

use sha2::{Digest, Sha256};

/// Whether `nonce` solves `challenge`: SHA-256 of `<challenge>:<nonce>` begins with `bits` zero bits.
#[must_use]
pub fn verify(challenge: &str, nonce: u64, bits: u8) -> bool {
    leading_zero_bits(&base(challenge), nonce) >= u32::from(bits)
}

/// Tries `tries` numbers from `from` on and returns the first that solves `challenge`.
///
/// Bounded, so that a browser can search in slices and stay responsive.
#[must_use]
pub fn search(challenge: &str, bits: u8, from: u64, tries: u64) -> Option<u64> {
    let base = base(challenge);
    (from..from.saturating_add(tries)).find(|nonce| leading_zero_bits(&base, *nonce) >= u32::from(bits))
}

/// The hash's state after the part that all tries share.
fn base(challenge: &str) -> Sha256 {
    Sha256::new().chain_update(challenge).chain_update(":")
}

fn leading_zero_bits(base: &Sha256, nonce: u64) -> u32 {
    let hash = base.clone().chain_update(nonce.to_string()).finalize();
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    let whole = u32::try_from(zero_bytes).unwrap_or(u32::MAX).saturating_mul(8);
    whole.saturating_add(hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_known_solution_of_another_implementation_is_taken() {
        // Found and hashed by Python's hashlib: 000212606da887e3…
        assert_eq!(search("parlor", 12, 0, 1 << 20), Some(6751));
        assert!(verify("parlor", 6751, 14));
        assert!(!verify("parlor", 6751, 15));
    }

    #[test]
    fn a_search_is_bounded() {
        assert_eq!(search("parlor", 64, 0, 1000), None);
        assert_eq!(search("parlor", 0, u64::MAX - 1, 1000), Some(u64::MAX - 1));
    }

    proptest! {
        #[test]
        fn what_is_found_verifies_and_is_the_first(challenge in ".{0,40}", bits in 0_u8..9) {
            let nonce = search(&challenge, bits, 0, 1 << 16).unwrap();
            prop_assert!(verify(&challenge, nonce, bits));
            prop_assert_eq!(search(&challenge, bits, 0, nonce), None);
        }

        #[test]
        fn harder_contains_easier(challenge in ".*", nonce in any::<u64>(), bits in 1_u8..=255) {
            prop_assert!(!verify(&challenge, nonce, bits) || verify(&challenge, nonce, bits - 1));
        }
    }
}
