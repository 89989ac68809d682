//! Reading documents: what stands on an identity card, a passport or a certificate that somebody
//! uploaded. Told of it by a queue, it reads the blob, and tells `onboarding` what it says: sealed,
//! so that nobody on the way can read it. Nothing that was read is kept or logged here.
//!
//! Reading order: `routes` (every trigger), `use_cases` (one file each), `documents` (the blobs),
//! `reader` (from a file to what it says), `image` (what becomes of a file before it is read),
//! `engine` (what reads print), `domain` (what print means, pure), `store` (all SQL), `config`.

mod config;
mod documents;
mod domain;
mod engine;
mod image;
mod reader;
mod routes;
mod store;
mod use_cases;

use std::sync::Arc;

use outbox::Outbox;
use sealed::SealingKey;
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};

pub use config::Config;
pub use domain::Failure;
pub use engine::{DocumentIntelligence, Engine, Tesseract};
pub use reader::{ReadError, Reader};
pub use routes::routes;

use crate::documents::Documents;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "ocr";
/// The key, in the vault of `onboarding`, under which what was read is sealed.
const SEALING_KEY: &str = "documents";

/// What every trigger works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) outbox: Outbox,
    pub(crate) documents: Documents,
    pub(crate) reader: Reader,
    pub(crate) key: Arc<SealingKey>,
    pub(crate) tokens: TokenVerifier,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("OCR_MYSQL_URL", &config.mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        let key = SealingKey::new(config.identity.clone(), &config.sealing_vault_url, SEALING_KEY)
            .map_err(|_| ConfigError::Invalid("OCR_SEALING_VAULT_URL", "no vault's address"))?;
        Ok(Self {
            database,
            outbox,
            documents: Documents::new(&config.documents_url, config.identity)?,
            reader: Reader::new(config.engine),
            key: Arc::new(key),
            tokens: TokenVerifier::of_nobody(),
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
