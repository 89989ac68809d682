//! The secret behind every digest of what is short enough to be guessed: phones, addresses, codes,
//! PINs in a fingerprint.
//!
//! It is not the key that signs tokens: that is replaced as a matter of course, and with it every
//! count of wrong codes would begin anew. This one is replaced after a leak only.

use aws_lc_rs::hkdf::{HKDF_SHA256, Prk, Salt};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use service::ConfigError;

/// Keeps what is derived here apart from what others might derive from the same key.
const DERIVATION_SALT: &[u8] = b"payme-auth";
const BYTES_MIN: usize = 32;
/// The purpose that the key of [`DigestKey::digest`] is derived for.
const FINGERPRINT_PURPOSE: &[u8] = b"fingerprint";
const SETTING: &str = "AUTH_DIGEST_KEY";

/// The key, and the one that is derived from it for fingerprints.
pub(crate) struct DigestKey {
    derivable: Prk,
    of_fingerprints: hmac::Key,
}

impl DigestKey {
    /// From at least 32 bytes in base64.
    pub(crate) fn new(text: &str) -> Result<Self, ConfigError> {
        let key = STANDARD.decode(text).ok().filter(|key| key.len() >= BYTES_MIN);
        let key = key.ok_or(ConfigError::Invalid(SETTING, "32 bytes in base64 are expected"))?;
        let derivable = Salt::new(HKDF_SHA256, DERIVATION_SALT).extract(&key);
        let of_fingerprints = derived(&derivable, FINGERPRINT_PURPOSE)?;
        Ok(Self { derivable, of_fingerprints })
    }

    /// The secret key for this purpose alone, the same on every instance (HKDF, RFC 5869).
    pub(crate) fn derived(&self, purpose: &[u8]) -> Result<hmac::Key, ConfigError> {
        derived(&self.derivable, purpose)
    }

    /// A digest of a secret so short that guessing would find it, if our own key were not in it.
    pub(crate) fn digest(&self, secret: &[u8]) -> String {
        STANDARD.encode(hmac::sign(&self.of_fingerprints, secret))
    }

    /// The first bytes of such a digest: enough to tell a few thousand secrets apart.
    pub(crate) fn short_digest<const N: usize>(&self, secret: &[u8]) -> [u8; N] {
        let mut short = [0; N];
        let tag = hmac::sign(&self.of_fingerprints, secret);
        short.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        short
    }
}

fn derived(from: &Prk, purpose: &[u8]) -> Result<hmac::Key, ConfigError> {
    let purpose = [purpose];
    let key = from.expand(&purpose, hmac::HMAC_SHA256);
    let invalid = ConfigError::Invalid(SETTING, "no key can be derived from it");
    key.map(hmac::Key::from).map_err(|_| invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DigestKey {
        DigestKey::new(&STANDARD.encode([byte; 32])).unwrap()
    }

    #[test]
    fn each_purpose_and_each_key_derives_another_key() {
        let tag = |byte, purpose: &[u8]| {
            let derived = key(byte).derived(purpose).unwrap();
            hmac::sign(&derived, b"text").as_ref().to_vec()
        };
        assert_eq!(tag(1, b"one"), tag(1, b"one"));
        assert_ne!(tag(1, b"one"), tag(1, b"other"));
        assert_ne!(tag(1, b"one"), tag(2, b"one"));
        assert_ne!(key(1).digest(b"secret"), key(2).digest(b"secret"));
    }

    #[test]
    fn what_is_shorter_than_32_bytes_stops_the_start() {
        for text in ["", "not base64", "AAAA", &STANDARD.encode([1; 31])] {
            assert!(DigestKey::new(text).is_err(), "{text}");
        }
    }
}
