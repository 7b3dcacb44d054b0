//! Encrypting what is pushed for one browser: RFC 8291 over the content coding `aes128gcm` of RFC 8188, in one record.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey, ecdh};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// Bytes of the salt.
pub const SALT_BYTES: usize = 16;
/// Bytes of a browser's shared secret.
const AUTH_BYTES: usize = 16;
/// The record's size that is announced: every service takes 4,096 bytes (section 4 of RFC 8030), and there is one record.
const RECORD_BYTES: u32 = 4096;
/// Most bytes of what is said: the header has 86, the delimiter 1, the tag 16.
pub const PLAIN_MAX: usize = 3_993;
/// Ends what is said in the last record; zeros may follow.
const LAST_RECORD: u8 = 2;

/// For whom something is encrypted.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: PublicKey,
    auth: [u8; AUTH_BYTES],
}

impl Recipient {
    /// A browser by its public key and its secret, both in base64url without padding. `None` when they are not what they should
    /// be: an uncompressed point of P-256 and 16 bytes.
    #[must_use]
    pub fn read(p256dh: &str, auth: &str) -> Option<Self> {
        let key = PublicKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(p256dh).ok()?).ok()?;
        let auth = URL_SAFE_NO_PAD.decode(auth).ok()?.try_into().ok()?;
        Some(Self { key, auth })
    }
}

/// What is encrypted once.
pub struct Fresh {
    /// A key for this message alone.
    pub key: SecretKey,
    /// Random bytes.
    pub salt: [u8; SALT_BYTES],
}

/// Why nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// More than a push carries.
    #[error("a push carries at most {PLAIN_MAX} bytes")]
    TooLong,
    /// The cipher refused, which it does of no input of ours.
    #[error("the cipher refused")]
    Refused,
}

impl From<Unspecified> for EncryptionError {
    fn from(_: Unspecified) -> Self {
        Self::Refused
    }
}

/// `plain` for the recipient, filled up with zeros to `padded` bytes so that its length tells little.
///
/// # Errors
/// When it is too long.
pub fn encrypt(recipient: &Recipient, fresh: &Fresh, plain: &[u8], padded: usize) -> Result<Vec<u8>, EncryptionError> {
    if plain.len().max(padded) > PLAIN_MAX {
        return Err(EncryptionError::TooLong);
    }
    let (theirs, ours) = (recipient.key.to_encoded_point(false), fresh.key.public_key().to_encoded_point(false));
    let shared = ecdh::diffie_hellman(fresh.key.to_nonzero_scalar(), recipient.key.as_affine());

    // Section 3.4 of RFC 8291.
    let with_secret = Salt::new(HKDF_SHA256, &recipient.auth).extract(shared.raw_secret_bytes());
    let keying: [u8; 32] = expand(&with_secret, &[b"WebPush: info\0", theirs.as_bytes(), ours.as_bytes()])?;
    let keys = Salt::new(HKDF_SHA256, &fresh.salt).extract(&keying);
    let key: [u8; 16] = expand(&keys, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&keys, &[b"Content-Encoding: nonce\0"])?;

    let mut record = Vec::with_capacity(plain.len().max(padded).saturating_add(17));
    record.extend_from_slice(plain);
    record.push(LAST_RECORD);
    record.resize(record.len().max(padded.saturating_add(1)), 0);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;

    // Section 2.1 of RFC 8188: salt, record size, length of the key's id, the key as its id.
    let mut body = Vec::with_capacity(record.len().saturating_add(86));
    body.extend_from_slice(&fresh.salt);
    body.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    body.push(u8::try_from(ours.as_bytes().len()).unwrap_or(u8::MAX));
    body.extend_from_slice(ours.as_bytes());
    body.extend_from_slice(&record);
    Ok(body)
}

/// So many bytes of key.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(key: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut out = [0; N];
    key.expand(info, Bytes(N))?.fill(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The browser of appendix A of RFC 8291.
    fn recipient() -> Recipient {
        let key = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        Recipient::read(key, "BTBZMqHH6r4Tts7J_aSIgg").unwrap()
    }

    fn fresh() -> Fresh {
        Fresh {
            key: SecretKey::from_slice(&decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap(),
            salt: decode("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out() {
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        let plain = b"When I grow up, I want to be a watermelon";
        assert_eq!(encrypt(&recipient(), &fresh(), plain, 0).unwrap(), decode(expected));
    }

    #[test]
    fn texts_of_different_lengths_are_as_long_and_none_is_longer_than_a_service_takes() {
        let length = |plain: &[u8], padded| encrypt(&recipient(), &fresh(), plain, padded).map(|body| body.len());
        assert_eq!(length(b"short", 256), length(b"somewhat longer", 256));
        assert_eq!(length(&[0; PLAIN_MAX], 0), Ok(4096));
        assert_eq!(length(&[0; PLAIN_MAX + 1], 0), Err(EncryptionError::TooLong));
        assert_eq!(length(b"", PLAIN_MAX + 1), Err(EncryptionError::TooLong));
    }

    #[test]
    fn what_is_no_point_of_the_curve_is_no_key() {
        let auth = "BTBZMqHH6r4Tts7J_aSIgg";
        let mut off = decode("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        off[64] ^= 1;
        assert!(Recipient::read(&URL_SAFE_NO_PAD.encode(off), auth).is_none());
        assert!(Recipient::read(&URL_SAFE_NO_PAD.encode([0; 65]), auth).is_none());
        assert!(Recipient::read("", auth).is_none());
    }

    proptest! {
        #[test]
        fn no_text_is_read_by_chance_or_panics(key in ".*", auth in ".*") {
            prop_assert!(Recipient::read(&key, &auth).is_none());
        }
    }
}
