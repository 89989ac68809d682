//! Every setting of this service.

use service::redis::RedisAccount;
use service::{ConfigError, required_var};

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// What wakes the streams of all instances.
    pub redis: RedisAccount,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            mysql_url: required_var("NOTIFICATION_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            redis: RedisAccount::of_managed_identity(
                required_var("NOTIFICATION_REDIS_URL")?,
                required_var("AZURE_CLIENT_ID")?,
            )?,
        })
    }
}
