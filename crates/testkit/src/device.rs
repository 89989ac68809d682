//! A phone: a P-256 key pair that signs as a device's secure element would.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use service::DeviceKey;

/// A phone with a new key.
pub struct Device(EcdsaKeyPair);

impl Device {
    /// Generates the key.
    #[expect(clippy::new_without_default, reason = "each device is another")]
    pub fn new() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
        Self(key.expect("a P-256 key"))
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> serde_json::Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..65]);
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)})
    }

    /// The public key as services hold it.
    pub fn key(&self) -> DeviceKey {
        serde_json::from_value(self.jwk()).expect("a P-256 JWK")
    }

    /// The signature over a text, in base64url.
    pub fn sign(&self, message: &str) -> String {
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes());
        URL_SAFE_NO_PAD.encode(signature.expect("a signature"))
    }
}
