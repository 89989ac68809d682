//! Onboarding: a person or a business becomes known, by what they say and by a document that says
//! the same.
//!
//! Reading order: `README.md` (the state machine), `routes` (every URL and trigger), `use_cases`
//! (one file each; `act_on_application` is where all changes pass), `domain` (the rules and
//! refusals, pure), `screening` (comparing names with lists), `personal_data` (what is sealed),
//! `documents` (the storage account), `round` (through all, in parts), `store`
//! (all SQL), `config`.

mod config;
mod documents;
mod domain;
mod personal_data;
mod round;
mod routes;
mod screening;
mod store;
mod use_cases;

use std::sync::Arc;

use outbox::Outbox;
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::REFUSALS;
pub use routes::routes;

use documents::Documents;
use personal_data::PersonalData;
use round::Rounds;
use screening::CountingLists;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "onboarding";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
    pub(crate) personal_data: Arc<PersonalData>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) lists: Arc<CountingLists>,
    pub(crate) rounds: Arc<Rounds>,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("ONBOARDING_MYSQL_URL", &config.mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        let personal_data =
            PersonalData::new(config.vault_credential, &config.vault_url, &config.index_key)?;
        let documents = Documents::new(config.blob_credential, config.blob_address)?;
        Ok(Self {
            database,
            outbox,
            tokens: TokenVerifier::follow(&config.auth_url)?,
            personal_data: Arc::new(personal_data),
            documents: Arc::new(documents),
            lists: Arc::default(),
            rounds: Arc::default(),
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
