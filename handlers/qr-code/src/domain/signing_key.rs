//! What makes a code ours: a tag over what it says, that only this service can make.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

const KEY_BYTES_MIN: usize = 32;
/// Half of HMAC-SHA256: as long as RFC 2104 asks for at least, and short enough for a small code.
const TAG_BYTES: usize = 16;

/// The key that codes are signed with.
#[derive(Clone)]
pub(crate) struct SigningKey(hmac::Key);

/// The text is not a key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{KEY_BYTES_MIN} bytes or more in base64 are expected")]
pub(crate) struct SigningKeyError;

impl SigningKey {
    pub(crate) fn from_base64(text: &str) -> Result<Self, SigningKeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| SigningKeyError)?;
        if bytes.len() < KEY_BYTES_MIN {
            return Err(SigningKeyError);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The message's tag: 22 characters of base64url.
    pub(crate) fn tag(&self, message: &str) -> String {
        let tag = hmac::sign(&self.0, message.as_bytes());
        let (tag, _rest) = tag.as_ref().split_at(TAG_BYTES);
        URL_SAFE_NO_PAD.encode(tag)
    }

    /// Whether this key made the tag for this message.
    pub(crate) fn has_made(&self, tag: &str, message: &str) -> bool {
        let expected = self.tag(message);
        constant_time::verify_slices_are_equal(expected.as_bytes(), tag.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_base64(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn a_tag_holds_for_its_own_message_and_key_only() {
        let tag = key(1).tag("message");
        assert_eq!(tag.len(), 22);
        assert!(key(1).has_made(&tag, "message"));
        assert!(!key(1).has_made(&tag, "massage"));
        assert!(!key(2).has_made(&tag, "message"));
        assert!(!key(1).has_made(&tag[..21], "message"));
        assert!(!key(1).has_made("", "message"));
    }

    #[test]
    fn a_short_or_malformed_key_is_refused() {
        for text in ["", "not base64", &STANDARD.encode([1; 31])] {
            assert!(SigningKey::from_base64(text).is_err(), "{text}");
        }
    }
}
