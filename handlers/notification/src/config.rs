//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use service::redis::RedisAccount;
use service::{ConfigError, managed_identity, required_var};

use crate::PushHubAccount;

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// What wakes the streams of all instances.
    pub redis: RedisAccount,
    /// The vault that wraps the keys of webhooks' secrets: `https://<name>.vault.azure.net`.
    pub vault_url: String,
    /// Who may wrap and unwrap there.
    pub vault_credential: Arc<dyn TokenCredential>,
    /// What brings pushes to Apple and Google.
    pub push_hub: PushHubAccount,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        let client_id = required_var("AZURE_CLIENT_ID")?;
        Ok(Self {
            mysql_url: required_var("NOTIFICATION_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            vault_url: required_var("NOTIFICATION_VAULT_URL")?,
            vault_credential: managed_identity(client_id.clone())?,
            push_hub: PushHubAccount {
                url: required_var("NOTIFICATION_PUSH_HUB_URL")?,
                key: required_var("NOTIFICATION_PUSH_HUB_KEY")?,
            },
            redis: RedisAccount::of_managed_identity(
                required_var("NOTIFICATION_REDIS_URL")?,
                client_id,
            )?,
        })
    }
}
