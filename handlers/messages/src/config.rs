//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
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
    /// The storage account of the pictures.
    pub blob_address: BlobAddress,
    /// Who may write, read and delete there, and sign links to it.
    pub blob_credential: Arc<dyn TokenCredential>,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            mysql_url: required_var("MESSAGES_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            hub: Hub::from_env(NAME, "MESSAGES_EVENTS_ENDPOINT")?,
            blob_address: BlobAddress::from_env("MESSAGES_BLOB_URL", "MESSAGES_LINKS_URL")?,
            blob_credential: managed_identity(required_var("AZURE_CLIENT_ID")?)?,
        })
    }
}
