//! The keys of shops' programs are sealed on their way into the database, under a key of Key Vault.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sealed::{Sealed, SealedColumn, SealingKey};
use service::database::Database;
use service::{ConfigError, Error};
use values::ApiClientId;

use crate::domain::CredentialKeys;

const SEALING_KEY: &str = "merchant-credentials";
/// In the vault of `notification`, which tells programs how their requests end.
const SEALING_KEY_OF_NOTIFICATION: &str = "webhook-secrets";
const KEYS: SealedColumn =
    SealedColumn { table: "api_credentials", id: "client_id", column: "sealed_keys" };

/// What was opened is not two keys.
#[derive(Debug, thiserror::Error)]
#[error("a credential's keys cannot be read")]
struct Unreadable;

/// Seals and opens. What it has opened it remembers for minutes, so a busy program costs few calls
/// of the vault.
pub(crate) struct CredentialVault {
    own: SealingKey,
    of_notification: SealingKey,
}

impl CredentialVault {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        sealing_vault_url: &str,
    ) -> Result<Self, ConfigError> {
        let key = |setting, url, name| {
            SealingKey::new(Arc::clone(&credential), url, name)
                .map_err(|_| ConfigError::Invalid(setting, "no vault's address"))
        };
        Ok(Self {
            own: key("PAYMENTS_VAULT_URL", vault_url, SEALING_KEY)?,
            of_notification: key(
                "PAYMENTS_SEALING_VAULT_URL",
                sealing_vault_url,
                SEALING_KEY_OF_NOTIFICATION,
            )?,
        })
    }

    pub(crate) async fn seal(
        &self,
        client_id: ApiClientId,
        keys: &CredentialKeys,
    ) -> Result<Vec<u8>, Error> {
        Ok(self.own.seal(&context(client_id), &keys.to_bytes()).await?.to_bytes())
    }

    pub(crate) async fn open(
        &self,
        client_id: ApiClientId,
        sealed: &[u8],
    ) -> Result<CredentialKeys, Error> {
        let bytes = self.own.open(&context(client_id), &Sealed::try_from(sealed)?).await?;
        CredentialKeys::from_bytes(&bytes).ok_or_else(|| Error::internal(Unreadable))
    }

    /// The key that signs, as an event carries it to `notification`, which alone opens it.
    pub(crate) async fn seal_for_notification(
        &self,
        client_id: ApiClientId,
        keys: &CredentialKeys,
    ) -> Result<String, Error> {
        let context = format!("program_keys.sealed:{client_id}");
        Ok(STANDARD.encode(self.of_notification.seal(&context, &keys.signing).await?.to_bytes()))
    }

    /// After a rotation of the key: some of what older versions wrap.
    pub(crate) async fn rewrap(&self, database: &Database) -> Result<(), Error> {
        self.own.rewrap_columns(database, &[KEYS]).await
    }
}

/// Where the bytes stand, so that they open in no other row.
fn context(client_id: ApiClientId) -> String {
    format!("api_credentials.sealed_keys:{client_id}")
}
