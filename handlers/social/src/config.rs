//! Every setting of this service.

use outbox::Hub;
use service::{ConfigError, required_var};

use crate::NAME;

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The auth service: `https://<host>/api/v1/auth`.
    pub auth_url: String,
    /// Where this service's events go.
    pub hub: Hub,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            mysql_url: required_var("SOCIAL_MYSQL_URL")?,
            auth_url: required_var("AUTH_URL")?,
            hub: Hub::from_env(NAME, "SOCIAL_EVENTS_ENDPOINT")?,
        })
    }
}
