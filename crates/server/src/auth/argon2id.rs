//! Argon2id in memory that goes back to the system after every computation.

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::password_hash::{Error, Result};
use argon2::{Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHash, PasswordVerifier, Version};

/// The blocks of 1 KiB that are asked of the allocator for each computation. It uses 19 MiB of them, and only what is used
/// becomes memory.
///
/// glibc maps a large piece and unmaps it when it is freed, but the first that is freed raises the size from which it does so
/// to its own (`M_MMAP_THRESHOLD` in mallopt(3)): from the second password on, the blocks would lie in the heaps of the threads
/// that compute, several to a heap, and stay there. What is larger than 32 MiB (`DEFAULT_MMAP_THRESHOLD_MAX`) never raises it,
/// and is always mapped.
const ASKED: usize = 33 * 1024;

/// A new hash with the parameters that argon2 recommends.
///
/// # Errors
/// A salt or a password of a length that argon2 does not take.
pub(super) fn hash(password: &[u8], salt: &[u8]) -> Result<PasswordHash> {
    Argon2id.hash_password_with_params(password, salt, Params::default())
}

/// Whether it is the password of this hash in PHC notation; the outputs are compared in constant time.
pub(super) fn is_right(password: &[u8], hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2id.verify_password(password, &hash).is_ok())
}

struct Argon2id;

impl CustomizedPasswordHasher<PasswordHash> for Argon2id {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let used = params.block_count();
        let mut blocks: Vec<Block> = Vec::with_capacity(ASKED.max(used));
        blocks.resize_with(used, Block::new);
        let mut output = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(Error::OutputSize)?;
        let (salt, written) = (Salt::new(salt)?, ParamsString::try_from(&params)?);
        Argon2::new(algorithm, version, params).hash_password_into_with_memory(password, &salt, output, blocks)?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: written,
            salt: Some(salt),
            hash: Some(Output::new(output)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordHasher;

    #[test]
    fn it_computes_what_argon2_computes() {
        let salt = *b"sixteen bytes of";
        let ours = hash(b"correct horse 1", &salt).unwrap();
        let theirs: PasswordHash = Argon2::default().hash_password_with_salt(b"correct horse 1", &salt).unwrap();
        assert_eq!(ours, theirs);
        assert!(is_right(b"correct horse 1", &theirs.to_string()));
        // Of other parameters, version and algorithm: an old hash stays the hash of its password.
        let old = Argon2::new(Algorithm::Argon2i, Version::V0x10, Params::new(64, 3, 2, Some(24)).unwrap());
        let old = old.hash_password_with_salt(b"correct horse 1", &salt).unwrap().to_string();
        assert!(is_right(b"correct horse 1", &old));
        assert!(!is_right(b"correct horse 2", &old));
    }
}
