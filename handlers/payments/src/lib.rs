//! Payment transactions: the ledger, wallets, top-ups, withdrawals, requests of shops and people,
//! payments, refunds, pay links and red packets.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `group_commit` (many decisions, one transaction), `history` (where
//! lists are read), `store` (all SQL), `bank_rail` (the way to the bank),
//! `merchant_call` (who calls for a shop) with `credential_vault`, `unread_count` (what
//! another service is asked), `config` (every setting); `observe` is what telemetry sees of the
//! ledger.

mod bank_rail;
mod config;
mod credential_vault;
mod domain;
mod group_commit;
mod history;
mod merchant_call;
mod observe;
mod program_entry;
mod routes;
mod signed_call;
mod store;
mod unread_count;
mod use_cases;

use std::sync::Arc;

use outbox::Outbox;
use service::database::{self, Database};
use service::{ConfigError, TokenVerifier};
use tokio::sync::Semaphore;

use crate::credential_vault::CredentialVault;
use crate::unread_count::UnreadCount;

pub use config::{Bank, Config};
pub use domain::REFUSALS;
use group_commit::GroupCommit;
use history::History;
pub use routes::routes;

/// The service's name: of its folders, its health and its hub.
pub const NAME: &str = "payments";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) outbox: Outbox,
    /// Where every operation on money is decided.
    pub(crate) group_commit: GroupCommit,
    /// Where lists are read.
    pub(crate) history: History,
    /// The one turn at auditing, which reads everything: a second audit waits for the first.
    pub(crate) audit_turn: Arc<Semaphore>,
    pub(crate) tokens: TokenVerifier,
    pub(crate) unread_count: UnreadCount,
    pub(crate) bank: Bank,
    pub(crate) credential_vault: Arc<CredentialVault>,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("PAYMENTS_MYSQL_URL", &config.mysql_url)?;
        let replica =
            database::connect_to_read("PAYMENTS_REPLICA_ADDRESS", &config.replica_mysql_url)?;
        let outbox = Outbox::start(database.clone(), config.hub)?;
        let tokens = TokenVerifier::follow(&config.auth_url)?;
        Ok(Self {
            group_commit: GroupCommit::start(&database, &outbox, &tokens),
            history: History::follow(database.clone(), replica),
            database,
            outbox,
            audit_turn: Arc::new(Semaphore::new(1)),
            tokens,
            unread_count: UnreadCount::at(&config.notification_url)?,
            bank: config.bank,
            credential_vault: Arc::new(CredentialVault::new(
                config.vault_credential,
                &config.vault_url,
                &config.sealing_vault_url,
            )?),
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
