//! The inbox of each person in each product: what happened to their money, in their language,
//! listed and streamed.
//!
//! And the webhooks of shops: their own systems are told of the same (`README.md`).
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `arrivals` (what wakes a stream), `event_stream`
//! and `last_event_id` (what a stream says, and what its client says about the previous one),
//! `pushes` (what is due to devices), `push_hub` (one push), `webhooks` (whose turn it is),
//! `webhook_sender` (one message), `webhook_secrets` (what is sealed), `config` (every setting).

mod arrivals;
mod config;
mod domain;
mod event_stream;
mod last_event_id;
mod push_hub;
mod pushes;
mod routes;
mod store;
mod use_cases;
mod webhook_secrets;
mod webhook_sender;
mod webhooks;

use std::sync::Arc;

use service::database::{self, Database};
use service::redis::Redis;
use service::{ConfigError, TokenVerifier};

use crate::arrivals::Arrivals;
use crate::push_hub::PushHub;
use crate::pushes::Pushes;
use crate::webhook_secrets::WebhookSecrets;
use crate::webhook_sender::WebhookSender;
use crate::webhooks::Webhooks;

pub use config::Config;
pub use domain::REFUSALS;
pub use push_hub::PushHubAccount;
pub use routes::routes;
pub use webhook_sender::Reach;

/// The service's name, as in its folders and its health paths.
pub const NAME: &str = "notification";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) arrivals: Arrivals,
    pub(crate) tokens: TokenVerifier,
    pub(crate) webhook_secrets: Arc<WebhookSecrets>,
    pub(crate) webhooks: Webhooks,
    pub(crate) push_hub: Arc<PushHub>,
    pub(crate) pushes: Pushes,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        Self::start_within(config, Reach::public())
    }

    /// The same for tests, whose webhooks may go to receivers on this machine.
    pub fn start_within(config: Config, reach: Reach) -> Result<Self, ConfigError> {
        let database = database::connect("NOTIFICATION_MYSQL_URL", &config.mysql_url)?;
        let redis = Redis::start("NOTIFICATION_REDIS_URL", config.redis)?;
        let arrivals = Arrivals::start(redis, database.clone());
        let secrets = WebhookSecrets::new(config.vault_credential, &config.vault_url)?;
        let (webhook_secrets, sender) = (Arc::new(secrets), WebhookSender::new(reach)?);
        let webhooks = Webhooks::start(
            database.clone(),
            arrivals.clone(),
            Arc::clone(&webhook_secrets),
            sender,
        );
        let push_hub = Arc::new(PushHub::new(config.push_hub)?);
        let pushes = Pushes::start(database.clone(), Arc::clone(&push_hub));
        let tokens = TokenVerifier::follow(&config.auth_url)?;
        Ok(Self { database, arrivals, tokens, webhook_secrets, webhooks, push_hub, pushes })
    }
}

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The migrations of this service's schema.
pub fn migrations() -> refinery::Runner {
    embedded::migrations::runner()
}
