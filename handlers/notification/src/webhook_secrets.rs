//! The secrets of webhooks are sealed on their way into the database, each for its place.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use sealed::{Sealed, SealedColumn, SealingKey};
use service::database::Database;
use service::{ConfigError, Error};
use values::{ApiClientId, SigningKeyId, WebhookEndpointId};

use crate::domain::{ProgramKey, WebhookSecret};

/// The key of the service's vault.
const KEY: &str = "webhook-secrets";
const SECRETS: SealedColumn =
    SealedColumn { table: "webhook_secrets", id: "webhook_endpoint_id", column: "sealed" };
/// Sealed by payments, which has made them.
const PROGRAM_KEYS: SealedColumn =
    SealedColumn { table: "program_keys", id: "client_id", column: "sealed" };

/// Seals and opens.
pub(crate) struct WebhookSecrets(SealingKey);

impl WebhookSecrets {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
    ) -> Result<Self, ConfigError> {
        let key = SealingKey::new(credential, vault_url, KEY)
            .map_err(|_| ConfigError::Invalid("NOTIFICATION_VAULT_URL", "no vault's address"))?;
        Ok(Self(key))
    }

    pub(crate) async fn seal(
        &self,
        id: WebhookEndpointId,
        number: u32,
        secret: &WebhookSecret,
    ) -> Result<Vec<u8>, Error> {
        Ok(self.0.seal(&context(id, number), secret.as_bytes()).await?.to_bytes())
    }

    pub(crate) async fn open(
        &self,
        id: WebhookEndpointId,
        number: u32,
        sealed: &[u8],
    ) -> Result<WebhookSecret, Error> {
        let key = self.0.open(&context(id, number), &Sealed::try_from(sealed)?).await?;
        Ok(WebhookSecret::from_bytes(key))
    }

    pub(crate) async fn open_program_key(
        &self,
        client_id: ApiClientId,
        id: SigningKeyId,
        sealed: &[u8],
    ) -> Result<ProgramKey, Error> {
        let context = format!("program_keys.sealed:{client_id}");
        let key = self.0.open(&context, &Sealed::try_from(sealed)?).await?;
        Ok(ProgramKey { client_id, id, key })
    }

    /// After a rotation of the key: some of what older versions wrap.
    pub(crate) async fn rewrap(&self, database: &Database) -> Result<(), Error> {
        self.0.rewrap_columns(database, &[SECRETS, PROGRAM_KEYS]).await
    }
}

fn context(id: WebhookEndpointId, number: u32) -> String {
    format!("webhook_secrets.sealed:{id}:{number}")
}
