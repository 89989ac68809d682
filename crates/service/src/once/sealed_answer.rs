//! Answers at rest: AES-256-GCM under a key that comes from the client's idempotency key alone.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use uuid::Uuid;
use values::IdempotencyKey;

use crate::error::Error;

const KEY_BYTES: usize = 32;
/// What the derived key is for. Another use of the idempotency key must have another label.
const LABEL: &[u8] = b"payme idempotent answer v1";

/// What one answer is sealed with.
pub(super) struct AnswerKey([u8; KEY_BYTES]);

struct KeyLength;

impl KeyType for KeyLength {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

impl AnswerKey {
    pub(super) fn derive(scope: Uuid, key: &IdempotencyKey) -> Result<Self, Error> {
        let derive = || {
            let secret = Salt::new(HKDF_SHA256, scope.as_bytes()).extract(key.as_str().as_bytes());
            let mut bytes = [0; KEY_BYTES];
            secret.expand(&[LABEL], KeyLength)?.fill(&mut bytes)?;
            Ok(Self(bytes))
        };
        derive().map_err(|error: Unspecified| Error::internal(error))
    }

    /// The nonce and the sealed text.
    pub(super) fn seal(&self, text: &str) -> Result<Vec<u8>, Error> {
        let seal = || {
            let key = RandomizedNonceKey::new(&AES_256_GCM, &self.0)?;
            let mut sealed = text.as_bytes().to_vec();
            let nonce = key.seal_in_place_append_tag(Aad::empty(), &mut sealed)?;
            Ok([nonce.as_ref().as_slice(), &sealed].concat())
        };
        seal().map_err(|error: Unspecified| Error::internal(error))
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Result<String, Error> {
        let open = || {
            let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce)?;
            let key = RandomizedNonceKey::new(&AES_256_GCM, &self.0)?;
            let mut text = sealed.to_vec();
            let text = key.open_in_place(nonce, Aad::empty(), &mut text)?;
            String::from_utf8(text.to_vec()).map_err(|_| Unspecified)
        };
        open().map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_opened_with_the_scope_and_key_that_it_was_sealed_with_and_no_other() {
        let key = |scope, text: &str| AnswerKey::derive(scope, &text.parse().unwrap()).unwrap();
        let scope = Uuid::new_v4();
        let sealed = key(scope, "k-1").seal(r#"{"refresh_token":"secret"}"#).unwrap();
        assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_eq!(key(scope, "k-1").open(&sealed).unwrap(), r#"{"refresh_token":"secret"}"#);
        for other in [key(scope, "k-2"), key(Uuid::new_v4(), "k-1")] {
            assert!(other.open(&sealed).is_err());
        }
        assert!(key(scope, "k-1").open(&sealed[..8]).is_err());
    }
}
