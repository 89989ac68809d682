//! Social: who is whose friend, who has blocked whom, groups of people, and what friends say of
//! payments.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `config` (every setting).

mod config;
mod domain;
mod routes;
mod store;
mod use_cases;

use outbox::Outbox;
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "social";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("SOCIAL_MYSQL_URL", &config.mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        Ok(Self { database, outbox, tokens: TokenVerifier::follow(&config.auth_url)? })
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
