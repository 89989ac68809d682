//! Who somebody is: phone numbers proved by a code, PINs, devices and their keys, sessions, and the
//! tokens that every other service trusts.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules, pure), `store` (all SQL), `otp_challenges`, `otp_throttle` and `pin_guard` (what Redis
//! remembers), `sms`, `token_signer`, `error` (every refusal), `config` (every setting).

mod config;
mod domain;
mod error;
mod otp_challenges;
mod otp_throttle;
mod pin_guard;
mod routes;
mod sms;
mod store;
mod token_signer;
mod use_cases;

use std::sync::Arc;

use mysql_async::Pool;
use outbox::Outbox;
use service::redis::{Connection, Redis};
use service::{ConfigError, TokenVerifier, database};

use otp_challenges::OtpChallenges;
use otp_throttle::OtpThrottle;
use pin_guard::PinGuard;
use sms::Sms;
use token_signer::TokenSigner;

pub use config::Config;
pub use routes::routes;
pub use sms::SmsAccount;

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) pool: Pool,
    pub(crate) redis: Connection,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
    pub(crate) signer: Arc<TokenSigner>,
    pub(crate) challenges: OtpChallenges,
    pub(crate) throttle: OtpThrottle,
    pub(crate) pins: PinGuard,
    pub(crate) sms: Arc<Sms>,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let pool = database::connect("AUTH_MYSQL_URL", &config.mysql_url)?;
        let redis = Redis::start("AUTH_REDIS_URL", config.redis)?.connection();
        let outbox = Outbox::start(pool.clone(), config.hub)?;
        Ok(Self {
            pool,
            outbox,
            tokens: TokenVerifier::new(config.jwks_url)?,
            signer: Arc::new(TokenSigner::new(&config.token_signing_keys)?),
            challenges: OtpChallenges::new(redis.clone()),
            throttle: OtpThrottle::new(redis.clone()),
            pins: PinGuard::new(redis.clone()),
            sms: Arc::new(Sms::new(config.sms)?),
            redis,
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
