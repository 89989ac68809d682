//! The private key of all tokens, and the two kinds of token that it signs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::errors::Error;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde::Serialize;
use service::{ACCESS_AUDIENCE, AccessClaims, ConfigError, Confirmation, ISSUER};
use values::PaymentConfirmation;

use crate::domain::Session;

/// How long an access token is valid, and how long a revoked session may still act elsewhere.
pub(crate) const ACCESS_LIFETIME_SECONDS: u64 = 600;
/// How long a payment that was confirmed by PIN may still be made.
pub(crate) const CONFIRMATION_LIFETIME_SECONDS: u64 = 120;

/// Signs tokens and publishes the key that they are checked with.
pub(crate) struct TokenSigner {
    key: EncodingKey,
    header: Header,
    key_set: JwkSet,
}

#[derive(Serialize)]
struct ConfirmationClaims {
    iss: &'static str,
    aud: &'static str,
    exp: u64,
    #[serde(flatten)]
    confirmation: PaymentConfirmation,
}

impl TokenSigner {
    /// From an Ed25519 key, PKCS#8 in base64. The key's id is its RFC 7638 thumbprint, so another
    /// key never has the same id.
    pub(crate) fn new(signing_key: &str) -> Result<Self, ConfigError> {
        let invalid = || {
            ConfigError::Invalid(
                "AUTH_TOKEN_SIGNING_KEY",
                "a base64 PKCS#8 Ed25519 key is expected",
            )
        };
        let document = STANDARD.decode(signing_key).map_err(|_| invalid())?;
        let key = EncodingKey::from_ed_der(&document);
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).map_err(|_| invalid())?;
        let key_id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| invalid())?;
        jwk.common.key_id = Some(key_id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let header = Header { kid: Some(key_id), ..Header::new(Algorithm::EdDSA) };
        Ok(Self { key, header, key_set: JwkSet { keys: vec![jwk] } })
    }

    /// The public keys, as other services fetch them.
    pub(crate) fn key_set(&self) -> &JwkSet {
        &self.key_set
    }

    /// What the session's device shows to every service.
    pub(crate) fn access_token(&self, session: &Session) -> Result<String, Error> {
        let now = get_current_timestamp();
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            aud: ACCESS_AUDIENCE.to_owned(),
            sub: session.user_id,
            sid: session.session_id,
            did: session.device_id,
            scope: session.product,
            iat: now,
            exp: now.saturating_add(ACCESS_LIFETIME_SECONDS),
            cnf: Confirmation { jwk: session.device_key.clone() },
        };
        encode(&self.header, &claims, &self.key)
    }

    /// The proof that the payer confirmed this very payment with the PIN.
    pub(crate) fn confirmation_token(
        &self,
        confirmation: PaymentConfirmation,
    ) -> Result<String, Error> {
        let claims = ConfirmationClaims {
            iss: ISSUER,
            aud: PaymentConfirmation::TOKEN_AUDIENCE,
            exp: get_current_timestamp().saturating_add(CONFIRMATION_LIFETIME_SECONDS),
            confirmation,
        };
        encode(&self.header, &claims, &self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_id_is_the_thumbprint_of_the_published_key() {
        // The key of RFC 8037, appendices A.1 to A.3, behind the PKCS#8 header of Ed25519.
        let key = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
        let signer = TokenSigner::new(key).unwrap();
        let [jwk] = &*signer.key_set().keys else { panic!("one key") };
        let jwk = serde_json::to_value(jwk).unwrap();
        assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(jwk["kid"], "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert!(jwk.get("d").is_none());
    }

    #[test]
    fn what_is_no_ed25519_key_stops_the_start() {
        for key in ["", "not base64", "AAAA"] {
            assert!(TokenSigner::new(key).is_err(), "{key}");
        }
    }
}
