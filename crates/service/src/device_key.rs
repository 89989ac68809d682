//! A device's P-256 public key and its signatures (ES256 of RFC 7518: SHA-256, `r || s`).

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const COORDINATE_BYTES: usize = 32;

/// An elliptic-curve public key as a JWK (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceKey {
    /// Always `EC`.
    #[schema(example = "EC")]
    kty: String,
    /// Always `P-256`.
    #[schema(example = "P-256")]
    crv: String,
    /// The point's first coordinate, 32 bytes in base64url without padding.
    x: String,
    /// The point's second coordinate, likewise.
    y: String,
}

/// Why a key or a signature is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyError {
    /// Another kind of key, or coordinates that are not a point of the curve.
    #[error("a P-256 public key in JWK form is expected")]
    MalformedKey,
    /// Not made by this key over this message.
    #[error("the signature does not match")]
    WrongSignature,
}

impl DeviceKey {
    /// The key, if it is a point on the curve.
    pub fn check(&self) -> Result<(), DeviceKeyError> {
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point()?)
            .map(|_| ())
            .map_err(|_| DeviceKeyError::MalformedKey)
    }

    /// Whether `signature` (base64url of 64 bytes `r || s`) is this key's over `message`.
    ///
    /// With `s`, the group's order minus `s` is a signature too, and anybody can compute it. Both
    /// are accepted: secure elements make either, each half of the time, and know no other way. So
    /// a signature identifies nothing. What may be done once is told by what was signed: device and
    /// moment, or an idempotency key.
    pub fn verify(&self, message: &str, signature: &str) -> Result<(), DeviceKeyError> {
        let signature =
            URL_SAFE_NO_PAD.decode(signature).map_err(|_| DeviceKeyError::WrongSignature)?;
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.point()?)
            .verify(message.as_bytes(), &signature)
            .map_err(|_| DeviceKeyError::WrongSignature)
    }

    /// The uncompressed point of SEC 1: `04 || x || y`.
    fn point(&self) -> Result<Vec<u8>, DeviceKeyError> {
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(DeviceKeyError::MalformedKey);
        }
        let mut point = vec![0x04];
        for coordinate in [&self.x, &self.y] {
            let bytes =
                URL_SAFE_NO_PAD.decode(coordinate).map_err(|_| DeviceKeyError::MalformedKey)?;
            if bytes.len() != COORDINATE_BYTES {
                return Err(DeviceKeyError::MalformedKey);
            }
            point.extend(bytes);
        }
        Ok(point)
    }
}
