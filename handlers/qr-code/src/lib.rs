//! QR codes: what a shop shows to be paid, and what a phone learns from scanning one.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `config` (every setting).

mod config;
mod domain;
mod routes;
mod store;
mod use_cases;

use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

use domain::SigningKey;

/// The service's name: of its folders and its health.
pub const NAME: &str = "qr-code";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) tokens: TokenVerifier,
    pub(crate) signing_key: SigningKey,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let signing_key = SigningKey::from_base64(&config.signing_key).map_err(|_| {
            ConfigError::Invalid("QR_CODE_SIGNING_KEY", "32 bytes or more in base64 are expected")
        })?;
        Ok(Self {
            database: database::connect("QR_CODE_MYSQL_URL", &config.mysql_url)?,
            tokens: TokenVerifier::follow(&config.auth_url)?,
            signing_key,
        })
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
