//! Secrets that nobody can guess.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::error::Unspecified;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 256 random bits in base64url.
// A secret, so it has no `Debug`.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(value_type = String)]
pub(crate) struct Secret(String);

impl Secret {
    pub(super) const BYTES: usize = 32;

    /// One that nobody can predict.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; Self::BYTES];
        aws_lc_rs::rand::fill(&mut bytes)?;
        Ok(Self::of(bytes))
    }

    pub(super) fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As it is written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// What is stored instead of it. No salt: 256 random bits cannot be guessed.
    pub(crate) fn digest(&self) -> Vec<u8> {
        digest(&SHA256, self.as_bytes()).as_ref().to_vec()
    }
}
