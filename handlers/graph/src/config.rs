//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use outbox::Hub;
use service::{ConfigError, managed_identity, required_var};

use crate::NAME;

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// The Cosmos account that the graph is in.
    pub cosmos_endpoint: String,
    /// As whom the service goes to Cosmos.
    pub identity: Arc<dyn TokenCredential>,
    /// Under which operations are digested.
    pub index_key: Vec<u8>,
    /// `mysql://` URL of the ledger on the replica of payments, for a user that may only read.
    pub payments_mysql_url: String,
    /// Where this service's events go.
    pub hub: Hub,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        const INDEX_KEY: &str = "GRAPH_INDEX_KEY";
        let index_key = STANDARD
            .decode(required_var(INDEX_KEY)?)
            .map_err(|_| ConfigError::Invalid(INDEX_KEY, "base64 is expected"))?;
        Ok(Self {
            mysql_url: required_var("GRAPH_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            cosmos_endpoint: required_var("GRAPH_COSMOS_ENDPOINT")?,
            identity: managed_identity(required_var("AZURE_CLIENT_ID")?)?,
            index_key,
            payments_mysql_url: required_var("GRAPH_PAYMENTS_MYSQL_URL")?,
            hub: Hub::from_env(NAME, "GRAPH_EVENTS_ENDPOINT")?,
        })
    }
}
