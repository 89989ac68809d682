//! Messages: conversations of two people or of a group, with cards of money and pictures in them.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `config` (every
//! setting).

mod config;
mod domain;
mod routes;
mod store;
mod use_cases;

use std::sync::Arc;

use outbox::Outbox;
use pictures::{Pictures, Purpose};
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "messages";
/// The container of the pictures; in links it is the first part of the path.
const PICTURES: &str = "message-pictures";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
    pub(crate) pictures: Arc<Pictures>,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("MESSAGES_MYSQL_URL", &config.mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        let (credential, address) = (config.blob_credential, config.blob_address);
        let pictures = Pictures::new(credential, address, PICTURES, Purpose::Message)?;
        Ok(Self {
            database,
            outbox,
            tokens: TokenVerifier::follow(&config.auth_url)?,
            pictures: Arc::new(pictures),
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
