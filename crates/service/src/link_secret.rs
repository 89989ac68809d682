//! The secret of a link: whoever has it may do what the link is for.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 128 random bits in base64url. It belongs into a link's fragment and into bodies, and never into
/// a path or a query, which are logged.
// A secret, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    value_type = String,
    pattern = "^[A-Za-z0-9_-]{22}$",
    example = "q83vASNFZ4mrze8BI0VniQ"
)]
pub struct LinkSecret(String);

/// SHA-256 of a secret, which is what is stored to know it by. No salt: 128 random bits
/// cannot be guessed.
pub type SecretDigest = [u8; 32];

impl LinkSecret {
    const BYTES: usize = 16;
    /// Base64url writes 6 bits a character.
    const CHARACTERS: usize = 22;

    /// A secret that nobody can predict.
    pub fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; Self::BYTES];
        aws_lc_rs::rand::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// As it stands in the link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub fn digest(&self) -> SecretDigest {
        let mut bytes = SecretDigest::default();
        bytes.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        bytes
    }
}

impl TryFrom<String> for LinkSecret {
    type Error = &'static str;

    /// The error repeats nothing of the text.
    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_one = text.len() == Self::CHARACTERS && text.bytes().all(is_base64url);
        is_one.then_some(Self(text)).ok_or("a secret is 22 characters of base64url")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_22_characters_that_need_no_escaping_in_a_link() {
        let secret = LinkSecret::random().unwrap();
        assert_eq!(secret.as_str().len(), LinkSecret::CHARACTERS);
        let read = LinkSecret::try_from(secret.as_str().to_owned());
        assert!(read.is_ok_and(|read| read == secret));
        assert_ne!(secret.digest(), LinkSecret::random().unwrap().digest());
        for text in
            ["", "q83vASNFZ4mrze8BI0Vni", "q83vASNFZ4mrze8BI0VniQQ", "q83vASNFZ4mrze8BI0Vn+/"]
        {
            assert!(LinkSecret::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
