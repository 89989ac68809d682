//! The key of one record: AES-256 in GCM, used for one sealing.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use crate::SealError;

pub(crate) const NONCE_BYTES: usize = 12;
pub(crate) const TAG_BYTES: usize = 16;
const KEY_BYTES: usize = 32;

/// What a data key made of a text.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Ciphertext {
    pub(crate) nonce: [u8; NONCE_BYTES],
    /// With the tag at its end.
    pub(crate) bytes: Vec<u8>,
}

/// The key, wiped when it is dropped.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; KEY_BYTES]>);

impl DataKey {
    pub(crate) fn random() -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        aws_lc_rs::rand::fill(&mut *key).map_err(SealError::unavailable)?;
        Ok(Self(key))
    }

    /// `None` for another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &*self.0
    }

    pub(crate) fn seal(&self, context: &str, plain: &[u8]) -> Result<Ciphertext, SealError> {
        let mut bytes = plain.to_vec();
        let seal = |key: RandomizedNonceKey| {
            key.seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut bytes)
        };
        let nonce = self.cipher().and_then(seal).map_err(SealError::unavailable)?;
        Ok(Ciphertext { nonce: *nonce.as_ref(), bytes })
    }

    /// `Damaged` unless all of it was sealed by this key in this context.
    pub(crate) fn open(&self, context: &str, sealed: &Ciphertext) -> Result<Vec<u8>, SealError> {
        let mut bytes = sealed.bytes.clone();
        let cipher = self.cipher().map_err(SealError::unavailable)?;
        let nonce = Nonce::assume_unique_for_key(sealed.nonce);
        let opened = cipher.open_in_place(nonce, Aad::from(context.as_bytes()), &mut bytes);
        let length = opened.map_err(|Unspecified| SealError::Damaged)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, Unspecified> {
        RandomizedNonceKey::new(&AES_256_GCM, self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CONTEXT: &str = "persons.names:per_1";

    proptest! {
        #[test]
        fn what_was_sealed_is_opened(
            context in ".{0,40}",
            plain in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let key = DataKey::random().unwrap();
            let sealed = key.seal(&context, &plain).unwrap();
            prop_assert_eq!(key.open(&context, &sealed).unwrap(), plain);
        }

        #[test]
        fn another_context_is_refused(one in "[a-z]{0,3}:[0-9]{0,3}", other in "[a-z:0-9]{0,7}") {
            prop_assume!(one != other);
            let key = DataKey::random().unwrap();
            let sealed = key.seal(&one, b"text").unwrap();
            prop_assert!(matches!(key.open(&other, &sealed), Err(SealError::Damaged)));
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let key = DataKey::random().unwrap();
        let sealed = key.seal(CONTEXT, b"Lam Siu Ming").unwrap();
        let is_refused =
            |sealed: &Ciphertext| matches!(key.open(CONTEXT, sealed), Err(SealError::Damaged));
        for bit in 0..8 {
            for at in 0..NONCE_BYTES {
                let mut flipped = sealed.clone();
                flipped.nonce[at] ^= 1 << bit;
                assert!(is_refused(&flipped), "bit {bit} of nonce byte {at}");
            }
            for at in 0..sealed.bytes.len() {
                let mut flipped = sealed.clone();
                flipped.bytes[at] ^= 1 << bit;
                assert!(is_refused(&flipped), "bit {bit} of byte {at}");
            }
        }
        for length in 0..sealed.bytes.len() {
            let mut cut = sealed.clone();
            cut.bytes.truncate(length);
            assert!(is_refused(&cut), "{length} bytes");
        }
    }

    #[test]
    fn another_key_is_refused() {
        let sealed = DataKey::random().unwrap().seal(CONTEXT, b"text").unwrap();
        let other = DataKey::random().unwrap();
        assert!(matches!(other.open(CONTEXT, &sealed), Err(SealError::Damaged)));
    }

    #[test]
    fn the_same_text_is_never_sealed_to_the_same_bytes() {
        let key = DataKey::random().unwrap();
        let (one, other) =
            (key.seal(CONTEXT, b"text").unwrap(), key.seal(CONTEXT, b"text").unwrap());
        assert_ne!(one.nonce, other.nonce);
        assert_ne!(one.bytes, other.bytes);
    }

    #[test]
    fn only_32_bytes_are_a_key() {
        for length in [0, 16, 31, 33, 64] {
            assert!(DataKey::from_bytes(&vec![1; length]).is_none(), "{length}");
        }
    }
}
