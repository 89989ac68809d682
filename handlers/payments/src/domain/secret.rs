//! The secret of a pay link or red packet: whoever has it may take a share.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;
use values::Refusal;

use super::refusals::SECRETS_THROTTLED;

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
pub(crate) struct Secret(String);

/// SHA-256 of a secret, which is what is stored to find a parcel by. No salt: 128 random bits
/// cannot be guessed.
pub(crate) type SecretDigest = [u8; 32];

impl Secret {
    const BYTES: usize = 16;
    /// Base64url writes 6 bits a character.
    const CHARACTERS: usize = 22;

    /// A secret that nobody can predict.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; Self::BYTES];
        aws_lc_rs::rand::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> SecretDigest {
        let mut bytes = SecretDigest::default();
        bytes.copy_from_slice(digest(&SHA256, self.0.as_bytes()).as_ref());
        bytes
    }
}

impl TryFrom<String> for Secret {
    type Error = &'static str;

    /// The error repeats nothing of the text.
    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_one = text.len() == Self::CHARACTERS && text.bytes().all(is_base64url);
        is_one.then_some(Self(text)).ok_or("a secret is 22 characters of base64url")
    }
}

/// How often a person has shown a wrong secret, of whatever pay link or red packet: one that is
/// there and one that is not are counted alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongSecrets {
    pub(crate) count: u32,
    /// When the first of them was shown.
    pub(crate) since: OffsetDateTime,
}

impl WrongSecrets {
    /// So many are answered, within [`Self::WINDOW`] from the first.
    pub(crate) const MAX: u32 = 10;
    pub(crate) const WINDOW: Duration = Duration::hours(1);

    /// Whether the last of them is still answered at `now`.
    pub(crate) fn require_few(self, now: OffsetDateTime) -> Result<(), Refusal> {
        let over_at = self.since.saturating_add(Self::WINDOW).unix_timestamp();
        let seconds = over_at.saturating_sub(now.unix_timestamp());
        if self.count <= Self::MAX || seconds <= 0 {
            return Ok(());
        }
        Err(SECRETS_THROTTLED.for_seconds(seconds.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::literal_books::NOW;

    #[test]
    fn a_secret_is_22_characters_that_need_no_escaping_in_a_link() {
        let secret = Secret::random().unwrap();
        assert_eq!(secret.as_str().len(), Secret::CHARACTERS);
        assert!(
            secret == Secret::try_from(secret.as_str().to_owned()).unwrap_or_else(|_| panic!())
        );
        assert_ne!(secret.digest(), Secret::random().unwrap().digest());
        for text in
            ["", "q83vASNFZ4mrze8BI0Vni", "q83vASNFZ4mrze8BI0VniQQ", "q83vASNFZ4mrze8BI0Vn+/"]
        {
            assert!(Secret::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn wrong_secrets_are_throttled_for_an_hour_from_the_first() {
        let wrong = |count| WrongSecrets { count, since: NOW };
        assert_eq!(wrong(10).require_few(NOW), Ok(()));
        let refused = wrong(11).require_few(NOW + Duration::minutes(59));
        assert_eq!(refused, Err(SECRETS_THROTTLED.for_seconds(60)));
        let later = NOW + WrongSecrets::WINDOW;
        assert_eq!(wrong(11).require_few(later), Ok(()));
    }
}
