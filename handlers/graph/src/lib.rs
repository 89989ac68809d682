//! Graph: who paid whom, who owns and knows whom, as documents in Cosmos DB that analysts ask.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (what
//! stands where in the graph, pure), `elements` (the container in Cosmos), `store` (all SQL: of the
//! service's own schema, of the graph, and of the ledger that proves it), `config`.

mod config;
mod domain;
mod elements;
mod observe;
mod routes;
mod store;
mod use_cases;

use std::sync::Arc;

use outbox::Outbox;
use sealed::BlindIndex;
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;
pub use use_cases::compare_yesterday;

use crate::elements::Elements;
use crate::store::ledger::Ledger;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "graph";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) elements: Elements,
    pub(crate) index: Arc<BlindIndex>,
    pub(crate) ledger: Ledger,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let index = BlindIndex::new(&config.index_key)
            .map_err(|_| ConfigError::Invalid("GRAPH_INDEX_KEY", "32 bytes are expected"))?;
        let database = database::connect("GRAPH_MYSQL_URL", &config.mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        Ok(Self {
            database,
            elements: Elements::new(&config.cosmos_endpoint, config.identity)?,
            index: Arc::new(index),
            ledger: Ledger::connect(&config.payments_mysql_url)?,
            outbox,
            tokens: TokenVerifier::follow(&config.auth_url)?,
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
