//! Finding a row by a text that is sealed in it.

use aws_lc_rs::hmac::{self, HMAC_SHA256};

use crate::SealError;

/// How long an index entry is.
pub const BLIND_INDEX_BYTES: usize = 32;
const KEY_BYTES_MIN: usize = 32;

/// The secret with which texts become index entries. Replacing it means to index all rows anew, so
/// it is a key of its own and no version of another.
pub struct BlindIndex(hmac::Key);

impl BlindIndex {
    /// From at least 32 random bytes.
    ///
    /// # Errors
    /// `Misconfigured` for fewer.
    pub fn new(key: &[u8]) -> Result<Self, SealError> {
        if key.len() < KEY_BYTES_MIN {
            return Err(SealError::Misconfigured("an index key has at least 32 bytes"));
        }
        Ok(Self(hmac::Key::new(HMAC_SHA256, key)))
    }

    /// The entry for a text in its one normal form; equal texts of one `kind` have equal entries,
    /// and nothing else can be told from them without the key.
    #[must_use]
    pub fn of(&self, kind: &str, normalised: &str) -> [u8; BLIND_INDEX_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        let kind_length = u64::try_from(kind.len()).unwrap_or(u64::MAX);
        // Else kind "a" with text "bc" would be kind "ab" with text "c".
        context.update(&kind_length.to_be_bytes());
        context.update(kind.as_bytes());
        context.update(normalised.as_bytes());
        let mut entry = [0; BLIND_INDEX_BYTES];
        entry.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        entry
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn only_the_same_text_of_the_same_kind_under_the_same_key_has_the_same_entry() {
        let [one, other] = [1, 2].map(|byte| BlindIndex::new(&[byte; 32]).unwrap());
        assert_eq!(one.of("document", "A1234563"), one.of("document", "A1234563"));
        let entries = [
            one.of("document", "A1234563"),
            one.of("document", "A1234564"),
            one.of("phone", "A1234563"),
            one.of("documentA", "1234563"),
            other.of("document", "A1234563"),
            [0; 32],
        ];
        assert_eq!(BTreeSet::from(entries).len(), entries.len());
    }

    #[test]
    fn an_entry_never_changes_with_a_release() {
        let entry = BlindIndex::new(&[7; 32]).unwrap().of("document", "A1234563");
        let hex: String = entry.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "91a4a4ed75bda682efd030b274a34b5016f667837297520f93583c679f652a1b");
    }

    #[test]
    fn a_short_key_stops_the_start() {
        assert!(BlindIndex::new(&[1; 31]).is_err());
        assert!(BlindIndex::new(&[]).is_err());
    }
}
