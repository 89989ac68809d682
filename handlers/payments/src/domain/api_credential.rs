//! What a program shows and signs with to act for a shop.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use events::payments::ApiCredentialChangedV1;
use time::{Duration, OffsetDateTime};
use values::{ApiClientId, BusinessId, DisplayName, Level, Refusal, SigningKeyId};

use super::address_range::AddressRange;
use super::payment_request::rfc3339;
use super::refusals::TOO_MANY_API_CREDENTIALS;
use super::signing_public_key::SigningPublicKey;

values::code_enum! {
    /// What a program may do for its shop.
    pub(crate) enum ApiScope {
        /// Ask to be paid, and take that back.
        Requests = "requests",
        /// Give payments back.
        Refunds = "refunds",
        /// Read requests and payments.
        Read = "read",
    }
}

values::code_enum! {
    /// How a program signs.
    pub(crate) enum SigningAlgorithm {
        /// With a key that we have made.
        Shared = "hmac-sha256",
        /// With a key of its own, of which we have the public half: our own API only.
        Public = "ed25519",
    }
}

values::code_enum! {
    /// Whether a program is let in.
    pub(crate) enum ApiCredentialStatus {
        /// It is.
        Active = "active",
        /// Its year is over.
        Expired = "expired",
        /// Its shop's owner has ended it, or has got their account back from somebody else.
        Deactivated = "deactivated",
    }
}

/// A credential, without what only its program knows.
#[derive(Debug, Clone)]
pub(crate) struct ApiCredential {
    pub(crate) client_id: ApiClientId,
    pub(crate) business_id: BusinessId,
    pub(crate) name: DisplayName,
    pub(crate) scopes: Vec<ApiScope>,
    /// From where it may call; from everywhere if it is empty.
    pub(crate) allowed_addresses: Vec<AddressRange>,
    /// SHA-256. No salt and no cost: 256 random bits cannot be guessed.
    pub(crate) secret_digest: [u8; 32],
    pub(crate) signing_key_id: SigningKeyId,
    /// [`CredentialKeys`] under a key of Key Vault.
    pub(crate) sealed_keys: Vec<u8>,
    /// With which it signs requests of our own API; the shared key is then told to nobody.
    pub(crate) public_key: Option<SigningPublicKey>,
    /// What its maker had shown: refunds by it are held to the policy of step-up as if they showed
    /// that each time.
    pub(crate) shown_level: Level,
    pub(crate) created_at: OffsetDateTime,
    pub(crate) expires_at: OffsetDateTime,
    pub(crate) deactivated_at: Option<OffsetDateTime>,
    pub(crate) last_used_at: Option<OffsetDateTime>,
}

/// What the program shows to get a token: 256 random bits in base64url, which forms do not escape.
// A secret, so it has no `Debug`.
pub(crate) struct ClientSecret(String);

/// The two keys that are sealed together. The second never leaves this service.
// Secrets, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CredentialKeys {
    /// With which the program signs its requests.
    pub(crate) signing: [u8; 32],
    /// With which its tokens are made and checked.
    pub(crate) token: [u8; 32],
}

impl ApiCredential {
    /// Credentials of one business that are active at once: the one in use, the next one, and some
    /// for other programs.
    pub(crate) const ACTIVE_MAX: u64 = 5;
    /// Networks that one names.
    pub(crate) const ADDRESSES_MAX: usize = 20;
    pub(crate) const LIFETIME: Duration = Duration::days(365);
    /// How often `notification` is told the key of one that is active.
    pub(crate) const TOLD_AGAIN_AFTER: Duration = Duration::days(7);
    /// So many days before the end the owner is reminded, once for each.
    pub(crate) const REMINDED_AT: [u32; 3] = [30, 7, 1];

    /// Days until the end, the one that has begun included.
    pub(crate) fn days_left(expires_at: OffsetDateTime, now: OffsetDateTime) -> u32 {
        let left = expires_at.unix_timestamp().saturating_sub(now.unix_timestamp());
        u32::try_from(left.max(0).unsigned_abs().div_ceil(86_400)).unwrap_or(u32::MAX)
    }

    /// The nearest reminder whose time has come. One that was missed is not made up for.
    pub(crate) fn reminder(expires_at: OffsetDateTime, now: OffsetDateTime) -> Option<u32> {
        let left = Self::days_left(expires_at, now);
        Self::REMINDED_AT.into_iter().filter(|days| left <= *days).min()
    }

    pub(crate) fn status_at(&self, now: OffsetDateTime) -> ApiCredentialStatus {
        if self.deactivated_at.is_some() {
            return ApiCredentialStatus::Deactivated;
        }
        if now >= self.expires_at {
            return ApiCredentialStatus::Expired;
        }
        ApiCredentialStatus::Active
    }

    pub(crate) const fn signing_algorithm(&self) -> SigningAlgorithm {
        match self.public_key {
            Some(_) => SigningAlgorithm::Public,
            None => SigningAlgorithm::Shared,
        }
    }

    pub(crate) fn is_active(&self, now: OffsetDateTime) -> bool {
        self.status_at(now) == ApiCredentialStatus::Active
    }

    /// Whether it ends when this happens to the account of its shop's owner (a kind of auth's
    /// `SecurityEventRecordedV1`): somebody else may have made it.
    pub(crate) fn ends_by(kind: &str) -> bool {
        matches!(kind, "pin-reset" | "account-recovered" | "phone-changed" | "logged-out-by-staff")
    }

    /// What its maker shows at least, whatever the policy of step-up asks for: it is for a year
    /// what they have shown once.
    pub(crate) fn require_shown(shown: Level) -> Result<(), Refusal> {
        shown.require(Level::Pin)
    }

    /// What `notification` is told of it, with its key sealed while it is good for anything.
    pub(crate) fn changed_event(&self, sealed_key: Option<String>) -> ApiCredentialChangedV1 {
        let status = match sealed_key {
            Some(_) => ApiCredentialStatus::Active,
            None => ApiCredentialStatus::Deactivated,
        };
        ApiCredentialChangedV1 {
            client_id: self.client_id.to_string(),
            business_id: self.business_id.to_string(),
            signing_key_id: self.signing_key_id.to_string(),
            status: status.code().to_owned(),
            sealed_signing_key: sealed_key,
            expires_at: rfc3339(self.expires_at),
        }
    }

    /// Whether one more may be made beside so many active ones of its business.
    pub(crate) fn require_room(active: u64) -> Result<(), Refusal> {
        if active < Self::ACTIVE_MAX { Ok(()) } else { Err(TOO_MANY_API_CREDENTIALS) }
    }

    /// Whether it may be used from there; an address that nobody knows is none of the list.
    pub(crate) fn allows(&self, address: Option<IpAddr>) -> bool {
        let is_in = |address| self.allowed_addresses.iter().any(|range| range.contains(address));
        self.allowed_addresses.is_empty() || address.is_some_and(is_in)
    }

    /// In the same time whatever is wrong with it.
    pub(crate) fn has_secret(&self, secret: &str) -> bool {
        verify_slices_are_equal(&secret_digest(secret), &self.secret_digest).is_ok()
    }
}

impl ClientSecret {
    pub(crate) fn random() -> Result<Self, Unspecified> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random()?)))
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        secret_digest(&self.0)
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

impl CredentialKeys {
    pub(crate) fn random() -> Result<Self, Unspecified> {
        Ok(Self { signing: random()?, token: random()? })
    }

    /// As they are sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [self.signing, self.token].concat()
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (signing, token) = bytes.split_at_checked(32)?;
        Some(Self { signing: signing.try_into().ok()?, token: token.try_into().ok()? })
    }
}

fn random() -> Result<[u8; 32], Unspecified> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

fn secret_digest(secret: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use values::STEP_UP_REQUIRED;

    use super::*;

    const NOW: OffsetDateTime = time::macros::datetime!(2026-11-29 10:00 UTC);

    fn credential(secret: &ClientSecret) -> ApiCredential {
        ApiCredential {
            client_id: ApiClientId::new(),
            business_id: BusinessId::new(),
            name: DisplayName::try_from("Web shop".to_owned()).unwrap(),
            scopes: ApiScope::ALL.to_vec(),
            allowed_addresses: Vec::new(),
            secret_digest: secret.digest(),
            signing_key_id: SigningKeyId::new(),
            sealed_keys: Vec::new(),
            public_key: None,
            shown_level: Level::Pin,
            created_at: NOW,
            expires_at: NOW.saturating_add(ApiCredential::LIFETIME),
            deactivated_at: None,
            last_used_at: None,
        }
    }

    #[test]
    fn only_its_own_secret_is_taken() {
        let (own, other) = (ClientSecret::random().unwrap(), ClientSecret::random().unwrap());
        let credential = credential(&own);
        assert!(credential.has_secret(&own.into_text()));
        assert!(!credential.has_secret(&other.into_text()));
        assert!(!credential.has_secret(""));
    }

    #[test]
    fn a_credential_lives_to_the_end_of_its_year_unless_its_owner_ends_it() {
        let credential = credential(&ClientSecret::random().unwrap());
        let last = credential.expires_at.saturating_sub(Duration::MICROSECOND);
        assert_eq!(credential.status_at(last), ApiCredentialStatus::Active);
        assert_eq!(credential.status_at(credential.expires_at), ApiCredentialStatus::Expired);
        let ended = ApiCredential { deactivated_at: Some(NOW), ..credential.clone() };
        assert_eq!(ended.status_at(NOW), ApiCredentialStatus::Deactivated);
        assert_eq!(ended.status_at(credential.expires_at), ApiCredentialStatus::Deactivated);
    }

    #[test]
    fn its_owner_is_reminded_a_month_a_week_and_a_day_before_it_ends() {
        let before = |ahead: Duration| ApiCredential::reminder(NOW.saturating_add(ahead), NOW);
        for (ahead, reminder) in [
            (Duration::days(365), None),
            (Duration::days(30) + Duration::SECOND, None),
            (Duration::days(30), Some(30)),
            (Duration::days(7) + Duration::SECOND, Some(30)),
            (Duration::days(7), Some(7)),
            (Duration::DAY + Duration::SECOND, Some(7)),
            (Duration::DAY, Some(1)),
            (Duration::SECOND, Some(1)),
        ] {
            assert_eq!(before(ahead), reminder, "{ahead}");
        }
        let in_a_week = NOW.saturating_add(Duration::days(6) + Duration::SECOND);
        assert_eq!(ApiCredential::days_left(in_a_week, NOW), 7);
    }

    #[test]
    fn what_gives_an_account_back_ends_it_and_what_only_happens_to_the_account_does_not() {
        for (kind, ends) in [
            ("pin-reset", true),
            ("account-recovered", true),
            ("phone-changed", true),
            ("logged-out-by-staff", true),
            // Asking is not getting.
            ("pin-reset-asked", false),
            ("recovery-asked", false),
            ("device-added", false),
            ("pin-changed", false),
            ("unheard-of", false),
        ] {
            assert_eq!(ApiCredential::ends_by(kind), ends, "{kind}");
        }
    }

    #[test]
    fn a_login_alone_lets_no_program_act_whatever_the_policy_allows() {
        let needed = STEP_UP_REQUIRED.for_level(Level::Pin, 300);
        assert_eq!(ApiCredential::require_shown(Level::Device), Err(needed));
        assert_eq!(ApiCredential::require_shown(Level::Pin), Ok(()));
        assert_eq!(ApiCredential::require_shown(Level::Passkey), Ok(()));
    }

    #[test]
    fn a_list_of_addresses_lets_in_those_and_nobody_of_whom_none_is_known() {
        let mut credential = credential(&ClientSecret::random().unwrap());
        let address = |text: &str| Some(text.parse().unwrap());
        assert!(credential.allows(None));
        credential.allowed_addresses =
            ["203.0.113.7", "2001:db8::/32"].map(|text| text.to_owned().try_into().unwrap()).into();
        assert!(credential.allows(address("203.0.113.7")));
        assert!(credential.allows(address("2001:db8::9")));
        assert!(!credential.allows(address("203.0.113.8")));
        assert!(!credential.allows(None));
    }

    #[test]
    fn keys_are_read_back_as_they_were_sealed() {
        let keys = CredentialKeys::random().unwrap();
        assert!(keys.signing != keys.token);
        assert!(CredentialKeys::from_bytes(&keys.to_bytes()).is_some_and(|read| read == keys));
        assert!(CredentialKeys::from_bytes(&keys.to_bytes()[1..]).is_none());
    }
}
