//! Every setting of this service.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use outbox::Hub;
use service::redis::RedisAccount;
use service::{ConfigError, managed_identity, required_var};

use crate::{EntraTenant, NAME, PasskeySite, SmsAccount};

/// The settings, all required.
pub struct Config {
    /// `mysql://` URL of the service's own schema.
    pub mysql_url: String,
    /// The store for challenges and throttles.
    pub redis: RedisAccount,
    /// Where this service's events go.
    pub hub: Hub,
    /// The private keys of all tokens: Ed25519, PKCS#8 in base64, separated by commas. The first
    /// signs.
    pub token_signing_keys: String,
    /// The site that passkeys are made for.
    pub passkeys: PasskeySite,
    /// Where payments tells whose wallets were closed.
    pub payments_url: String,
    /// The tenant of Entra ID that says who is staff; `None` where staff have passkeys of ours.
    pub entra: Option<EntraTenant>,
    /// What digests of phones and codes are made with: 32 random bytes in base64.
    pub digest_key: String,
    /// What PINs are mixed with before they are hashed: keys of 32 random bytes in base64,
    /// separated by commas. The first is for new hashes.
    pub pin_peppers: String,
    /// The vault that wraps the keys of phone numbers: `https://<name>.vault.azure.net`.
    pub vault_url: String,
    /// Who may wrap and unwrap there.
    pub vault_credential: Arc<dyn TokenCredential>,
    /// With which phone numbers become index entries: 32 random bytes.
    pub index_key: Vec<u8>,
    /// Who sends text messages.
    pub sms: SmsAccount,
}

impl Config {
    /// Reads the process environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        const INDEX_KEY: &str = "AUTH_INDEX_KEY";
        let hub = Hub::from_env(NAME, "AUTH_EVENTS_ENDPOINT")?;
        Ok(Self {
            mysql_url: required_var("AUTH_MYSQL_URL")?,
            redis: RedisAccount::of_managed_identity(
                required_var("AUTH_REDIS_URL")?,
                hub.client_id.clone(),
            )?,
            token_signing_keys: required_var("AUTH_TOKEN_SIGNING_KEYS")?,
            passkeys: PasskeySite {
                rp_id: required_var("AUTH_PASSKEY_RP_ID")?,
                origins: required_var("AUTH_PASSKEY_ORIGINS")?,
            },
            payments_url: required_var("AUTH_PAYMENTS_URL")?,
            entra: EntraTenant::parse(&required_var("AUTH_ENTRA_ID")?)?,
            digest_key: required_var("AUTH_DIGEST_KEY")?,
            pin_peppers: required_var("AUTH_PIN_PEPPERS")?,
            vault_url: required_var("AUTH_VAULT_URL")?,
            vault_credential: managed_identity(hub.client_id.clone())?,
            index_key: STANDARD
                .decode(required_var(INDEX_KEY)?)
                .map_err(|_| ConfigError::Invalid(INDEX_KEY, "base64 is expected"))?,
            sms: SmsAccount::of_managed_identity(
                required_var("AUTH_SMS_ENDPOINT")?,
                required_var("AUTH_SMS_SENDER")?,
                hub.client_id.clone(),
            )?,
            hub,
        })
    }
}
