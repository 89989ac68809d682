//! The secrets of webhooks are sealed on their way into the database, each for its place.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use sealed::{Sealed, SealingKey};
use service::{ConfigError, Error};
use values::WebhookEndpointId;

use crate::domain::WebhookSecret;

/// The key of the service's vault.
const KEY: &str = "webhook-secrets";

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
}

fn context(id: WebhookEndpointId, number: u32) -> String {
    format!("webhook_secrets.sealed:{id}:{number}")
}
