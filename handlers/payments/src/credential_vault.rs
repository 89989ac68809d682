//! The keys of shops' programs are sealed on their way into the database, under a key of Key Vault.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use sealed::{Sealed, SealedColumn, SealingKey};
use service::database::Database;
use service::{ConfigError, Error};
use values::ApiClientId;

use crate::domain::CredentialKeys;

const SEALING_KEY: &str = "merchant-credentials";
const KEYS: SealedColumn =
    SealedColumn { table: "api_credentials", id: "client_id", column: "sealed_keys" };

/// What was opened is not two keys.
#[derive(Debug, thiserror::Error)]
#[error("a credential's keys cannot be read")]
struct Unreadable;

/// Seals and opens. What it has opened it remembers for minutes, so a busy program costs few calls
/// of the vault.
pub(crate) struct CredentialVault(SealingKey);

impl CredentialVault {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
    ) -> Result<Self, ConfigError> {
        let key = SealingKey::new(credential, vault_url, SEALING_KEY)
            .map_err(|_| ConfigError::Invalid("PAYMENTS_VAULT_URL", "no vault's address"))?;
        Ok(Self(key))
    }

    pub(crate) async fn seal(
        &self,
        client_id: ApiClientId,
        keys: &CredentialKeys,
    ) -> Result<Vec<u8>, Error> {
        Ok(self.0.seal(&context(client_id), &keys.to_bytes()).await?.to_bytes())
    }

    pub(crate) async fn open(
        &self,
        client_id: ApiClientId,
        sealed: &[u8],
    ) -> Result<CredentialKeys, Error> {
        let bytes = self.0.open(&context(client_id), &Sealed::try_from(sealed)?).await?;
        CredentialKeys::from_bytes(&bytes).ok_or_else(|| Error::internal(Unreadable))
    }

    /// After a rotation of the key: some of what older versions wrap.
    pub(crate) async fn rewrap(&self, database: &Database) -> Result<(), Error> {
        self.0.rewrap_columns(database, &[KEYS]).await
    }
}

/// Where the bytes stand, so that they open in no other row.
fn context(client_id: ApiClientId) -> String {
    format!("api_credentials.sealed_keys:{client_id}")
}
