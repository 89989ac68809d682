//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blobs::BlobAddress;
use outbox::Hub;
use service::{ConfigError, managed_identity, required_var};

use crate::NAME;

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// Where this service's events go.
    pub hub: Hub,
    /// The storage account of the documents.
    pub blob_address: BlobAddress,
    /// Who may write, read and delete there, and sign links to it.
    pub blob_credential: Arc<dyn TokenCredential>,
    /// The vault that wraps the keys of personal data: `https://<name>.vault.azure.net`.
    pub vault_url: String,
    /// Who may wrap and unwrap there.
    pub vault_credential: Arc<dyn TokenCredential>,
    /// With which numbers of documents become index entries.
    pub index_key: Vec<u8>,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        const INDEX_KEY: &str = "ONBOARDING_INDEX_KEY";
        let identity = managed_identity(required_var("AZURE_CLIENT_ID")?)?;
        let index_key = STANDARD
            .decode(required_var(INDEX_KEY)?)
            .map_err(|_| ConfigError::Invalid(INDEX_KEY, "base64 is expected"))?;
        Ok(Self {
            mysql_url: required_var("ONBOARDING_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            hub: Hub::from_env(NAME, "ONBOARDING_EVENTS_ENDPOINT")?,
            blob_address: BlobAddress::from_env("ONBOARDING_BLOB_URL", "ONBOARDING_LINKS_URL")?,
            blob_credential: identity.clone(),
            vault_url: required_var("ONBOARDING_VAULT_URL")?,
            vault_credential: identity,
            index_key,
        })
    }
}
