//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use blobs::BlobAddress;
use service::{ConfigError, managed_identity, required_var};

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The same of payments' schema on its replica, for a user that may read what `ops/reads`
    /// lists.
    pub payments_mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// The storage account of the files.
    pub blob_address: BlobAddress,
    /// Who may write, read and delete there, and sign links to it.
    pub blob_credential: Arc<dyn TokenCredential>,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            mysql_url: required_var("PAYMENT_REPORTING_MYSQL_URL")?,
            payments_mysql_url: required_var("PAYMENT_REPORTING_PAYMENTS_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            blob_address: BlobAddress::from_env(
                "PAYMENT_REPORTING_BLOB_URL",
                "PAYMENT_REPORTING_LINKS_URL",
            )?,
            blob_credential: managed_identity(required_var("AZURE_CLIENT_ID")?)?,
        })
    }
}
