//! The inbox of each person in each product: what happened to their money, in their language,
//! listed and streamed.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules, pure), `store` (all SQL), `arrivals` (what wakes a stream), `error` (every refusal),
//! `config` (every setting).

mod arrivals;
mod config;
mod domain;
mod error;
mod routes;
mod store;
mod use_cases;

use mysql_async::Pool;
use service::redis::Redis;
use service::{ConfigError, TokenVerifier, database};

use crate::arrivals::Arrivals;

pub use config::Config;
pub use routes::routes;

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) pool: Pool,
    pub(crate) arrivals: Arrivals,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let pool = database::connect("NOTIFICATION_MYSQL_URL", &config.mysql_url)?;
        let arrivals = Arrivals::start(Redis::start("NOTIFICATION_REDIS_URL", config.redis)?);
        Ok(Self { pool, arrivals, tokens: TokenVerifier::new(config.jwks_url)? })
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
