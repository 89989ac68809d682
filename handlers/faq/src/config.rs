//! Every setting of this service.

use service::{ConfigError, required_var};

/// The settings, all required. No address of auth: whoever reads is asked for no token.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self { mysql_url: required_var("FAQ_MYSQL_URL")? })
    }
}
