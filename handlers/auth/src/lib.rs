//! Who somebody is: phone numbers proved by a code, PINs, devices and their keys, sessions, and the
//! tokens that every other service trusts.
//!
//! Reading order: `routes` (every URL and trigger), `use_cases` (one file each), `domain` (the
//! rules and refusals, pure), `store` (all SQL), `otp_challenges`, `passkey_challenges` and
//! `throttle` (what Redis remembers), `phone_vault` (numbers at rest), `phone_guard`, `pin_guard`
//! and `relying_party` (the only places where codes, PINs and passkeys are checked), `signed_act`
//! (a device's or passkey's word for what is asked), `entra_id` (whom Microsoft's tokens let in as
//! staff), `entra_keys` (what its tokens are checked with), `guess_counts`, `pin_hasher`,
//! `pin_peppers`, `security_trail`, `sms`, `token_signer`, `digest_key`, `revocations` (which
//! logins have ended), `wallet_closings` (what payments is asked), `step_up_policy`, `config`
//! (each setting).

mod config;
mod digest_key;
mod domain;
mod entra_id;
mod entra_keys;
mod guess_counts;
mod observe;
mod otp_challenges;
mod passkey_challenges;
mod phone_guard;
mod phone_vault;
mod pin_guard;
mod pin_hasher;
mod pin_peppers;
mod relying_party;
mod revocations;
mod routes;
mod security_trail;
mod signed_act;
mod sms;
mod step_up_policy;
mod store;
mod throttle;
mod token_signer;
mod use_cases;
mod wallet_closings;

use std::sync::Arc;

use outbox::Outbox;
use service::database::{self, Database};
use service::redis::{Connection, Redis};
use service::{ConfigError, TokenVerifier};

use digest_key::DigestKey;
use entra_id::EntraId;
use otp_challenges::OtpChallenges;
use passkey_challenges::PasskeyChallenges;
use phone_guard::PhoneGuard;
use phone_vault::PhoneVault;
use pin_guard::PinGuard;
use pin_peppers::Peppers;
use relying_party::RelyingParty;
use revocations::Revocations;
use security_trail::SecurityTrail;
use sms::Sms;
use throttle::Throttle;
use token_signer::TokenSigner;
use wallet_closings::WalletClosings;

pub use config::Config;
pub use domain::REFUSALS;
pub use entra_id::EntraTenant;
pub use relying_party::PasskeySite;
pub use routes::routes;
pub use sms::SmsAccount;

/// The service's name, as in its folders, its health paths and its hub.
pub const NAME: &str = "auth";

/// What every route works with.
#[derive(Clone)]
pub struct App {
    pub(crate) database: Database,
    pub(crate) redis: Connection,
    pub(crate) outbox: Outbox,
    pub(crate) tokens: TokenVerifier,
    pub(crate) signer: Arc<TokenSigner>,
    pub(crate) digest_key: Arc<DigestKey>,
    pub(crate) challenges: OtpChallenges,
    pub(crate) passkey_challenges: PasskeyChallenges,
    pub(crate) relying_party: Arc<RelyingParty>,
    /// `None` where staff have passkeys of ours.
    pub(crate) entra_id: Option<Arc<EntraId>>,
    pub(crate) throttle: Throttle,
    pub(crate) trail: SecurityTrail,
    pub(crate) phones: PhoneGuard,
    pub(crate) phone_vault: Arc<PhoneVault>,
    pub(crate) pins: PinGuard,
    pub(crate) sms: Arc<Sms>,
    pub(crate) revocations: Revocations,
    pub(crate) wallet_closings: Arc<WalletClosings>,
}

impl App {
    /// Connects lazily: a handler starts even when a store is down, and says so at `health/ready`.
    pub fn start(config: Config) -> Result<Self, ConfigError> {
        let database = database::connect("AUTH_MYSQL_URL", &config.mysql_url)?;
        let redis = Redis::start("AUTH_REDIS_URL", config.redis)?.connection();
        let outbox = Outbox::start(database.clone(), config.hub)?;
        let signer = TokenSigner::new(&config.token_signing_keys)?;
        let peppers = Peppers::new(&config.pin_peppers)?;
        let digest_key = DigestKey::new(&config.digest_key)?;
        let throttle = Throttle::new(redis.clone(), digest_key.derived(Throttle::KEY_PURPOSE)?);
        let phone_key = digest_key.derived(PhoneGuard::KEY_PURPOSE)?;
        let code_key = digest_key.derived(OtpChallenges::KEY_PURPOSE)?;
        let tokens = TokenVerifier::of_keys(signer.key_set());
        let trail = SecurityTrail::new(outbox.clone());
        let challenges = OtpChallenges::new(redis.clone(), code_key);
        let sms = Arc::new(Sms::new(config.sms)?);
        let phone_vault = Arc::new(PhoneVault::new(
            config.vault_credential,
            &config.vault_url,
            &config.index_key,
            database.clone(),
        )?);
        Ok(Self {
            outbox,
            revocations: Revocations::start(database.clone(), tokens.clone()),
            tokens,
            wallet_closings: Arc::new(WalletClosings::at(&config.payments_url)?),
            throttle,
            passkey_challenges: PasskeyChallenges::new(redis.clone()),
            relying_party: Arc::new(RelyingParty::new(&config.passkeys)?),
            entra_id: config.entra.map(EntraId::new).transpose()?.map(Arc::new),
            phones: PhoneGuard::new(
                database.clone(),
                challenges.clone(),
                Arc::clone(&sms),
                trail.clone(),
                Arc::clone(&phone_vault),
                phone_key,
            ),
            phone_vault,
            challenges,
            signer: Arc::new(signer),
            digest_key: Arc::new(digest_key),
            pins: PinGuard::new(database.clone(), trail.clone(), peppers),
            trail,
            sms,
            redis,
            database,
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
