//! Argon2id whose working memory goes back to the system after every computation.

use argon2::password_hash::{self, Error};
use argon2::{
    Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
};

/// What is asked of the allocator for the 19 MiB of a computation, in blocks of 1 KiB; only what is used becomes memory.
///
/// glibc maps what is larger than its threshold and gives it back when it is freed, but the first such piece that is freed raises the
/// threshold to its size (`M_MMAP_THRESHOLD` in mallopt(3)): from the second password on, the blocks would lie in the heaps of the threads
/// that compute, three or four to a heap, and stay there. Nothing above 32 MiB (`DEFAULT_MMAP_THRESHOLD_MAX`) raises it or is ever held back.
const ASKED_BLOCKS: usize = 33 * 1024;

/// Argon2id with the parameters that argon2 recommends, in memory that is not kept.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Roomy;

impl PasswordHasher<PasswordHash> for Roomy {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> password_hash::Result<PasswordHash> {
        self.hash_password_with_params(password, salt, Params::default())
    }
}
