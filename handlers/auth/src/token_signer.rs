//! The private keys of all tokens, and the three kinds of token that the first of them signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::errors::Error;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde::Serialize;
use service::{
    ACCESS_AUDIENCE, ACCESS_LIFETIME_SECONDS, AccessClaims, ConfigError, Confirmation, ISSUER,
    STAFF_AUDIENCE, Staff, StaffClaims, token_type,
};
use values::{Level, OperationConfirmation, VouchedConfirmation};

use crate::domain::Session;

/// Signs tokens and publishes the keys that they are checked with.
pub(crate) struct TokenSigner {
    key: EncodingKey,
    key_id: Option<String>,
    key_set: JwkSet,
}

#[derive(Serialize)]
struct ConfirmationClaims {
    iss: &'static str,
    aud: &'static str,
    exp: u64,
    #[serde(flatten)]
    vouched: VouchedConfirmation,
}

impl TokenSigner {
    /// From Ed25519 keys, each PKCS#8 in base64, separated by commas. The first signs, all are
    /// published: so a new key is known before it signs, and an old one until its tokens expire.
    pub(crate) fn new(signing_keys: &str) -> Result<Self, ConfigError> {
        let keys = signing_keys.split(',').map(private_key).collect::<Option<Vec<_>>>();
        let (key, jwks) = keys.and_then(first_and_published).ok_or(ConfigError::Invalid(
            "AUTH_TOKEN_SIGNING_KEYS",
            "base64 PKCS#8 Ed25519 keys are expected",
        ))?;
        let key_id = jwks.first().and_then(|jwk| jwk.common.key_id.clone());
        Ok(Self { key, key_id, key_set: JwkSet { keys: jwks } })
    }

    /// The public keys, as other services fetch them.
    pub(crate) fn key_set(&self) -> &JwkSet {
        &self.key_set
    }

    fn sign(&self, audience: &str, claims: &impl Serialize) -> Result<String, Error> {
        let (typ, kid) = (Some(token_type(audience).to_owned()), self.key_id.clone());
        encode(&Header { typ, kid, ..Header::new(Algorithm::EdDSA) }, claims, &self.key)
    }

    /// What the session's device shows to every service.
    pub(crate) fn access_token(&self, session: &Session) -> Result<String, Error> {
        self.sign(ACCESS_AUDIENCE, &access_claims(session))
    }

    /// The same, which shows for a short time that the person has just shown this level. It ends at
    /// `expires_at`, when the token does that was there before: nobody goes on in a login without
    /// what renews it.
    pub(crate) fn step_up_token(
        &self,
        session: &Session,
        level: Level,
        expires_at: u64,
    ) -> Result<String, Error> {
        let login = access_claims(session);
        let (acr, auth_time) = (Some(level), Some(login.iat));
        let claims = AccessClaims { acr, auth_time, exp: login.exp.min(expires_at), ..login };
        self.sign(ACCESS_AUDIENCE, &claims)
    }

    /// What a member of staff shows to every service.
    pub(crate) fn staff_token(&self, staff: &Staff) -> Result<String, Error> {
        let now = get_current_timestamp();
        let claims = StaffClaims {
            iss: ISSUER.to_owned(),
            aud: STAFF_AUDIENCE.to_owned(),
            sub: staff.staff_id,
            sid: staff.session_id,
            name: staff.name.clone(),
            roles: staff.roles.clone(),
            iat: now,
            exp: now.saturating_add(ACCESS_LIFETIME_SECONDS),
        };
        self.sign(STAFF_AUDIENCE, &claims)
    }

    /// The proof that the payer confirmed this very operation with the PIN or a passkey. It ends
    /// when the confirmation does.
    pub(crate) fn confirmation_token(&self, vouched: VouchedConfirmation) -> Result<String, Error> {
        let claims = ConfirmationClaims {
            iss: ISSUER,
            aud: OperationConfirmation::TOKEN_AUDIENCE,
            exp: vouched.confirmation.expires_at(),
            vouched,
        };
        self.sign(OperationConfirmation::TOKEN_AUDIENCE, &claims)
    }
}

/// What a login shows by itself.
fn access_claims(session: &Session) -> AccessClaims {
    let now = get_current_timestamp();
    let limited_until =
        session.limited_until.and_then(|until| u64::try_from(until.unix_timestamp()).ok());
    AccessClaims {
        iss: ISSUER.to_owned(),
        aud: ACCESS_AUDIENCE.to_owned(),
        sub: session.user_id,
        sid: session.session_id,
        did: session.device_id,
        product: session.product,
        iat: now,
        exp: now.saturating_add(ACCESS_LIFETIME_SECONDS),
        cnf: session.device_key.clone().map(|jwk| Confirmation { jwk }),
        limited_until: limited_until.filter(|until| *until > now),
        acr: None,
        auth_time: None,
    }
}

/// A private key and its public half. The id is the RFC 7638 thumbprint, so no two keys share one.
fn private_key(text: &str) -> Option<(EncodingKey, Jwk)> {
    let key = EncodingKey::from_ed_der(&STANDARD.decode(text).ok()?);
    let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).ok()?;
    jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).ok()?);
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    Some((key, jwk))
}

/// The key that signs, and the public halves of all.
fn first_and_published(keys: Vec<(EncodingKey, Jwk)>) -> Option<(EncodingKey, Vec<Jwk>)> {
    let (keys, jwks): (Vec<EncodingKey>, Vec<Jwk>) = keys.into_iter().unzip();
    Some((keys.into_iter().next()?, jwks))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use values::{DeviceId, Product, SessionId, UserId};

    use super::*;

    /// The key of RFC 8037, appendices A.1 to A.3, behind the PKCS#8 header of Ed25519.
    const KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    const OTHER: &str = "MC4CAQAwBQYDK2VwBCIEIMR4i2T8clZrCmhdNm662M/DGP7jGv9GdV9WjiqOKkwV";

    #[test]
    fn the_first_key_signs_and_all_are_published() {
        let signer = TokenSigner::new(&format!("{OTHER},{KEY}")).unwrap();
        let published: Vec<_> =
            signer.key_set().keys.iter().map(|jwk| jwk.common.key_id.clone()).collect();
        assert_eq!(published.len(), 2);
        assert_eq!(published[0], signer.key_id);
        assert_eq!(published[1], TokenSigner::new(KEY).unwrap().key_id);
    }

    #[test]
    fn the_key_id_is_the_thumbprint_of_the_published_key() {
        let signer = TokenSigner::new(KEY).unwrap();
        let [jwk] = &*signer.key_set().keys else { panic!("one key") };
        let jwk = serde_json::to_value(jwk).unwrap();
        assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(jwk["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert!(jwk.get("d").is_none());
    }

    #[test]
    fn what_is_no_ed25519_key_stops_the_start() {
        for keys in ["", "not base64", "AAAA", &format!("{KEY},"), &format!("{KEY}, {OTHER}")] {
            assert!(TokenSigner::new(keys).is_err(), "{keys}");
        }
    }

    /// What a signature costs here, and what one operation with a key that never leaves a vault
    /// does, on one machine. `docs/security.md` says what follows from it.
    #[tokio::test]
    #[expect(clippy::print_stdout, reason = "it is what it is run for")]
    #[ignore = "prints figures: cargo test -p auth --lib a_signature -- --ignored --nocapture"]
    async fn a_signature_costs_so_much_here_and_so_much_in_a_vault() {
        let signer = TokenSigner::new(KEY).unwrap();
        let session = Session {
            session_id: SessionId::new(),
            user_id: UserId::new(),
            device_id: DeviceId::new(),
            product: Product::Consumer,
            device_key: None,
            limited_until: None,
        };
        let mut here = Vec::new();
        for _ in 0..10_000 {
            let began = Instant::now();
            signer.access_token(&session).unwrap();
            here.push(began.elapsed());
        }
        let (credential, vault) = (testkit::vault_credential(), testkit::vault_url());
        let key = sealed::SealingKey::new(credential, &vault, "personal-data").unwrap();
        let mut there = Vec::new();
        for _ in 0..500 {
            let secret = key.seal("measured", b"").await.unwrap();
            let began = Instant::now();
            key.open("measured", &secret).await.unwrap();
            there.push(began.elapsed());
        }
        for (place, mut times) in [("here", here), ("in a vault", there)] {
            times.sort_unstable();
            let [p50, p98] = [50, 98].map(|share| times[times.len() * share / 100]);
            println!("{place}: {} times, p50 {p50:?}, p98 {p98:?}", times.len());
        }
    }
}
