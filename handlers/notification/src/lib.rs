//! The inbox of each person in each product: what happened to their money, in their language,
//! listed and streamed.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `arrivals` (what wakes a stream), `event_stream`
//! and `last_event_id` (what a stream says, and what its client says about the previous one),
//! `config` (every setting).

mod arrivals;
mod config;
mod domain;
mod event_stream;
mod last_event_id;
mod routes;
mod store;
mod use_cases;

use service::database::{self, Database};
use service::redis::Redis;
use service::{ConfigError, TokenVerifier};

use crate::arrivals::Arrivals;

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

/// The service's name, as in its folders and its health paths.
pub const NAME: &str = "notification";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) arrivals: Arrivals,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("NOTIFICATION_MYSQL_URL", &config.mysql_url)?;
        let redis = Redis::start("NOTIFICATION_REDIS_URL", config.redis)?;
        let arrivals = Arrivals::start(redis, database.clone());
        Ok(Self { database, arrivals, tokens: TokenVerifier::follow(&config.auth_url)? })
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
