//! Payment reporting: what shops took, by day and hour and one by one, and what
//! moved in wallets.
//!
//! Reading order: `README.md` (what is read where, and why it is right), `routes` (every URL and
//! trigger), `use_cases` (one file each), `domain` (the rules and refusals, pure), `ledger` (the
//! books of payments, on their replica), `files` (what shops download), `store` (all SQL),
//! `observe` (what telemetry sees), `config` (every setting).

mod config;
mod domain;
mod files;
mod ledger;
mod observe;
mod routes;
mod store;
mod use_cases;

use std::sync::Arc;

use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

use domain::BLOCK_ROWS_MAX;
use files::Files;
use ledger::Ledger;

/// The service's name: of its folders and its health.
pub const NAME: &str = "payment-reporting";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) ledger: Ledger,
    pub(crate) tokens: TokenVerifier,
    pub(crate) files: Arc<Files>,
    /// How many transfers of each direction a file's block is made of.
    pub(crate) block_rows: u32,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("PAYMENT_REPORTING_MYSQL_URL", &config.mysql_url)?;
        let replica = database::connect_to_read(
            "PAYMENT_REPORTING_PAYMENTS_MYSQL_URL",
            &config.payments_mysql_url,
        )?;
        let tokens = TokenVerifier::follow(&config.auth_url)?;
        let files = Arc::new(Files::new(config.blob_credential, config.blob_address)?);
        let (ledger, block_rows) = (Ledger::on(replica), BLOCK_ROWS_MAX);
        Ok(Self { database, ledger, tokens, files, block_rows })
    }

    /// Files are made of smaller blocks, so that a test's has many.
    #[must_use]
    pub fn with_blocks_of(self, block_rows: u32) -> Self {
        Self { block_rows, ..self }
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
