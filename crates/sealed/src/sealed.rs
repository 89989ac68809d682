//! What stands in a column: which key wraps the data key, the wrapped data key, the ciphertext.
//!
//! Format 1: `01`, length (1 byte) and text of the key's version, length (2 bytes, big-endian) and
//! bytes of the wrapped data key, nonce (12 bytes), ciphertext with its tag.

use std::fmt;
use std::ops::Range;

use crate::SealError;
use crate::data_key::{Ciphertext, NONCE_BYTES, TAG_BYTES};

const FORMAT: u8 = 1;
/// Key Vault's are 32 characters.
const KEY_VERSION_MAX: usize = 64;
/// What a key of 8,192 bits wraps to, twice what Key Vault has.
const WRAPPED_MAX: usize = 1024;

/// Sealed bytes, as they are kept. They say nothing but how long the text is.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub(crate) wrapped: WrappedKey,
    pub(crate) ciphertext: Ciphertext,
}

/// A data key as only Key Vault can read it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct WrappedKey {
    /// The version of the key that wrapped it.
    pub(crate) key_version: String,
    pub(crate) bytes: Vec<u8>,
}

impl WrappedKey {
    /// `None` where Key Vault could not have said this.
    pub(crate) fn new(key_version: &str, bytes: &[u8]) -> Option<Self> {
        // It becomes a part of an address.
        let is_version = (1..=KEY_VERSION_MAX).contains(&key_version.len())
            && key_version.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_sound = is_version && (1..=WRAPPED_MAX).contains(&bytes.len());
        is_sound.then(|| Self { key_version: key_version.to_owned(), bytes: bytes.to_vec() })
    }
}

impl Sealed {
    /// The version of the key that wraps its data key, to find what a rotation left behind.
    #[must_use]
    pub fn key_version(&self) -> &str {
        &self.wrapped.key_version
    }

    /// The bytes to keep; [`Sealed::try_from`] takes them back.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let WrappedKey { key_version, bytes } = &self.wrapped;
        let length = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        let mut sealed = beginning(key_version);
        sealed.extend(length(bytes.len()));
        sealed.extend(bytes);
        sealed.extend(self.ciphertext.nonce);
        sealed.extend(&self.ciphertext.bytes);
        sealed
    }
}

/// How all bytes begin whose data key this version wraps.
fn beginning(key_version: &str) -> Vec<u8> {
    // `WrappedKey::new` takes none that is longer.
    let length = u8::try_from(key_version.len()).unwrap_or(u8::MAX);
    [&[FORMAT, length], key_version.as_bytes()].concat()
}

/// Between which all bytes lie whose data key this version wraps, and no others.
pub(crate) fn range_of(key_version: &str) -> Range<Vec<u8>> {
    let start = beginning(key_version);
    let mut end = start.clone();
    // A version is of ASCII letters and digits, and each has a successor.
    if let Some(last) = end.last_mut() {
        *last = last.saturating_add(1);
    }
    start..end
}

/// The key's version only: logs need no more.
impl fmt::Debug for Sealed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sealed").field("key_version", &self.key_version()).finish_non_exhaustive()
    }
}

impl TryFrom<&[u8]> for Sealed {
    type Error = SealError;

    /// # Errors
    /// `Damaged` when the bytes are not laid out like this.
    fn try_from(bytes: &[u8]) -> Result<Self, SealError> {
        parse(bytes).ok_or(SealError::Damaged)
    }
}

fn parse(bytes: &[u8]) -> Option<Sealed> {
    let ([FORMAT, version_length], rest) = bytes.split_first_chunk()? else { return None };
    let (key_version, rest) = rest.split_at_checked(usize::from(*version_length))?;
    let (length, rest) = rest.split_first_chunk()?;
    let (wrapped, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
    (ciphertext.len() >= TAG_BYTES).then_some(())?;
    Some(Sealed {
        wrapped: WrappedKey::new(std::str::from_utf8(key_version).ok()?, wrapped)?,
        ciphertext: Ciphertext { nonce: *nonce, bytes: ciphertext.to_vec() },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sealed() -> impl Strategy<Value = Sealed> {
        let bytes = |length| proptest::collection::vec(any::<u8>(), length);
        ("[0-9a-f]{1,64}", bytes(1..=600), any::<[u8; NONCE_BYTES]>(), bytes(TAG_BYTES..=300))
            .prop_map(|(version, wrapped, nonce, bytes)| Sealed {
                wrapped: WrappedKey::new(&version, &wrapped).unwrap(),
                ciphertext: Ciphertext { nonce, bytes },
            })
    }

    proptest! {
        #[test]
        fn the_bytes_are_read_back(sealed in sealed()) {
            prop_assert_eq!(Sealed::try_from(&*sealed.to_bytes()).unwrap(), sealed);
        }

        #[test]
        fn any_other_bytes_are_refused_or_read_as_they_are(
            bytes in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            if let Ok(sealed) = Sealed::try_from(&*bytes) {
                prop_assert_eq!(sealed.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn what_a_version_wraps_lies_within_its_range_and_nothing_else_does() {
        let sealed = |version: &str| {
            let wrapped = WrappedKey::new(version, b"wrapped").unwrap();
            let ciphertext = Ciphertext { nonce: [1; NONCE_BYTES], bytes: vec![255; TAG_BYTES] };
            Sealed { wrapped, ciphertext }.to_bytes()
        };
        for version in ["0f", "f", "z9Z"] {
            for other in ["0f", "0e", "0g", "f", "0f0", "z9Z", "z9Y", "z9a"] {
                let is_within = range_of(version).contains(&sealed(other));
                assert_eq!(is_within, version == other, "{version} {other}");
            }
        }
    }

    #[test]
    fn a_version_that_would_lead_elsewhere_is_refused() {
        for version in ["", "../secrets", "a/b", "a?b", "a%2fb", "ä", &"0".repeat(65)] {
            assert_eq!(WrappedKey::new(version, b"wrapped"), None, "{version}");
        }
    }

    #[test]
    fn a_cut_before_the_tag_is_seen_without_a_key() {
        let sealed = Sealed {
            wrapped: WrappedKey::new("0f", b"wrapped").unwrap(),
            ciphertext: Ciphertext { nonce: [1; NONCE_BYTES], bytes: vec![2; TAG_BYTES] },
        };
        let bytes = sealed.to_bytes();
        for length in 0..bytes.len() {
            let cut = bytes.get(..length).unwrap();
            assert!(matches!(Sealed::try_from(cut), Err(SealError::Damaged)), "{length}");
        }
    }
}
