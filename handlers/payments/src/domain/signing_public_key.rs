//! The public half of a key with which a program signs, where its secret half never leaves it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What stands before the 32 bytes of an Ed25519 key (RFC 8410).
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// An Ed25519 key: the base64 of its `SubjectPublicKeyInfo`, which is the one line of a PEM file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    pattern = "^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
    example = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
)]
pub(crate) struct SigningPublicKey(pub(crate) [u8; 32]);

/// The text is no such key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("an Ed25519 key is expected, as the one line of its PEM file")]
pub(crate) struct SigningPublicKeyError;

impl TryFrom<String> for SigningPublicKey {
    type Error = SigningPublicKeyError;

    fn try_from(text: String) -> Result<Self, SigningPublicKeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| SigningPublicKeyError)?;
        let key = bytes.strip_prefix(&PREFIX).ok_or(SigningPublicKeyError)?;
        Ok(Self(key.try_into().map_err(|_| SigningPublicKeyError)?))
    }
}

impl From<SigningPublicKey> for String {
    fn from(key: SigningPublicKey) -> Self {
        STANDARD.encode([&PREFIX[..], &key.0].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_openssl_writes_it_and_no_other_is() {
        let text = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
        let key = SigningPublicKey::try_from(text.to_owned()).unwrap();
        assert_eq!(String::from(key), text);
        let x25519 = text.replacen("K2Vw", "K2Vu", 1);
        for other in ["", "x", &text[..56], &format!("{text}AAAA"), &x25519, &text[16..]] {
            assert!(SigningPublicKey::try_from(other.to_owned()).is_err(), "{other}");
        }
    }
}
