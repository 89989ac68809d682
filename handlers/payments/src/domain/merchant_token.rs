//! The tokens that a program shows with each call, for an hour.
//!
//! A token is its credential's id and its end, with a MAC under a key that only this service reads.
//! So it needs no row, and whoever ends the credential ends it too: that is read at each call.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use values::ApiClientId;

use super::api_credential::CredentialKeys;

/// What else this key could ever sign is none of these.
const CONTEXT: &[u8] = b"payme-merchant-token-v1";

/// As clients of the API expect it.
const LIFETIME: Duration = Duration::hours(1);

/// What a token says; true only if [`MerchantToken::is_by`] is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MerchantToken {
    pub(crate) client_id: ApiClientId,
    pub(crate) expires_at: OffsetDateTime,
    mac: Vec<u8>,
}

impl MerchantToken {
    /// A new one, to the second.
    pub(crate) fn issue(
        client_id: ApiClientId,
        keys: &CredentialKeys,
        now: OffsetDateTime,
    ) -> Self {
        let expires_at = now.saturating_add(LIFETIME).truncate_to_second();
        let mac = hmac::sign(&key(keys), &said(client_id, expires_at)).as_ref().to_vec();
        Self { client_id, expires_at, mac }
    }

    pub(crate) fn text(&self) -> String {
        let seconds = self.expires_at.unix_timestamp().to_be_bytes();
        let id = self.client_id.uuid();
        URL_SAFE_NO_PAD.encode([id.as_bytes(), &seconds[..], &self.mac].concat())
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, rest) = bytes.split_first_chunk()?;
        let (seconds, mac) = rest.split_first_chunk()?;
        let expires_at = OffsetDateTime::from_unix_timestamp(i64::from_be_bytes(*seconds)).ok()?;
        let client_id = ApiClientId::from_uuid(Uuid::from_bytes(*id));
        Some(Self { client_id, expires_at, mac: mac.to_vec() })
    }

    /// Whether it was issued under these keys, and is good at `now`.
    pub(crate) fn is_by(&self, keys: &CredentialKeys, now: OffsetDateTime) -> bool {
        let said = said(self.client_id, self.expires_at);
        hmac::verify(&key(keys), &said, &self.mac).is_ok() && now < self.expires_at
    }
}

fn key(keys: &CredentialKeys) -> hmac::Key {
    hmac::Key::new(HMAC_SHA256, &keys.token)
}

fn said(client_id: ApiClientId, expires_at: OffsetDateTime) -> Vec<u8> {
    let seconds = expires_at.unix_timestamp().to_be_bytes();
    [CONTEXT, client_id.uuid().as_bytes(), &seconds].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-29 10:00:00.5 UTC);

    #[test]
    fn a_token_is_good_for_an_hour_and_by_its_own_keys_only() {
        let keys = CredentialKeys::random().unwrap();
        let issued = MerchantToken::issue(ApiClientId::new(), &keys, NOW);
        let read = MerchantToken::read(&issued.text()).unwrap();
        assert_eq!(read, issued);
        let last = read.expires_at.saturating_sub(Duration::MICROSECOND);
        assert!(read.is_by(&keys, NOW) && read.is_by(&keys, last));
        assert!(!read.is_by(&keys, read.expires_at));
        assert!(!read.is_by(&CredentialKeys::random().unwrap(), NOW));
        let own = CredentialKeys { token: keys.signing, ..keys.clone() };
        assert!(!read.is_by(&own, NOW), "a program's own key makes no token");
    }

    #[test]
    fn a_token_with_any_bit_changed_is_none() {
        let keys = CredentialKeys::random().unwrap();
        let issued = MerchantToken::issue(ApiClientId::new(), &keys, NOW);
        let bytes = URL_SAFE_NO_PAD.decode(issued.text()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let read = MerchantToken::read(&URL_SAFE_NO_PAD.encode(changed));
            assert!(read.is_none_or(|token| !token.is_by(&keys, NOW)), "bit {bit}");
        }
        for text in ["", "x", &issued.text()[..40], &format!("{}AAAA", issued.text())] {
            let read = MerchantToken::read(text);
            assert!(read.is_none_or(|token| !token.is_by(&keys, NOW)), "{text}");
        }
    }
}
