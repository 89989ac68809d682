//! The secret by which a device renews its access token.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::secret::Secret;

/// 256 random bits in base64url.
// A secret, so it has no `Debug`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub(crate) struct RefreshToken(Secret);

/// What is stored beside a used token.
pub(crate) type SuccessorSalt = [u8; 32];

/// What the derived secret is for. Another use of a token as a key must have another label.
const SUCCESSOR_LABEL: &[u8] = b"payme refresh successor v1";

impl RefreshToken {
    /// How long after it was used a token may come again from a device that lost the answer.
    pub(crate) const REPEATED_SECONDS: u32 = 60;

    /// A token that nobody can predict.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        Secret::random().map(Self)
    }

    /// The token that comes after this one: the same for the same salt, so that a device which lost
    /// an answer gets it again, and unknown to whoever reads the salt without this token.
    pub(crate) fn successor(&self, salt: &SuccessorSalt) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        Self(Secret::of(hmac::sign(&key, &[SUCCESSOR_LABEL, salt.as_slice()].concat())))
    }

    /// As it is sent.
    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What is stored instead of the token.
    pub(crate) fn digest(&self) -> Vec<u8> {
        self.0.digest()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn a_successor_is_the_same_for_the_same_token_and_salt_and_for_no_other() {
        let (one, other) = (RefreshToken::random().unwrap(), RefreshToken::random().unwrap());
        let text = |token: &RefreshToken| token.0.as_bytes().to_vec();
        let successor = one.successor(&[1; 32]);
        assert_eq!(text(&successor), text(&one.successor(&[1; 32])));
        assert_eq!(URL_SAFE_NO_PAD.decode(text(&successor)).unwrap().len(), Secret::BYTES);
        for another in [one.successor(&[2; 32]), other.successor(&[1; 32]), one] {
            assert_ne!(text(&successor), text(&another));
        }
    }
}
