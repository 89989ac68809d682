//! Every setting of this service.

use outbox::Hub;
use service::{ConfigError, required_var};

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// Where the auth service publishes its keys.
    pub jwks_url: String,
    /// Where this service's events go.
    pub hub: Hub,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            mysql_url: required_var("BUSINESS_PROFILE_MYSQL_URL")?,
            jwks_url: required_var("AUTH_JWKS_URL")?,
            hub: Hub::from_env("business-profile", "BUSINESS_PROFILE_EVENTS_ENDPOINT")?,
        })
    }
}
