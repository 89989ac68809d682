//! One key of one vault, through Key Vault's own client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, StatusCode};
use azure_security_keyvault_keys::models::{EncryptionAlgorithm, KeyOperationParameters};
use azure_security_keyvault_keys::{KeyClient, KeyClientOptions, ResourceExt, ResourceId};

use crate::SealError;
use crate::data_key::DataKey;
use crate::sealed::WrappedKey;

/// Tries after the first, of a call that Key Vault was too busy for.
const RETRIES_MAX: u32 = 3;
const FIRST_RETRY_AFTER: azure_core::time::Duration = azure_core::time::Duration::milliseconds(200);
/// How long a rotation may go unnoticed by who only asks which version is the newest.
const NEWEST_REMEMBERED_FOR: Duration = Duration::from_mins(5);

pub(crate) struct Vault {
    client: KeyClient,
    key_name: String,
    /// The newest version and when it was heard of.
    newest: Mutex<Option<(Instant, String)>>,
}

impl Vault {
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        key_name: &str,
    ) -> Result<Self, SealError> {
        // The client would find out at its first request.
        if !vault_url.starts_with("https://") {
            return Err(SealError::Misconfigured("a vault's address begins with https://"));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if key_name.is_empty() || !key_name.bytes().all(is_plain) {
            return Err(SealError::Misconfigured("a key's name is of letters, digits, hyphens"));
        }
        let retry = RetryOptions::exponential(ExponentialRetryOptions {
            initial_delay: FIRST_RETRY_AFTER,
            max_retries: RETRIES_MAX,
            ..Default::default()
        });
        let client_options = ClientOptions { retry, ..Default::default() };
        let options = KeyClientOptions { client_options, ..Default::default() };
        let client = KeyClient::new(vault_url, credential, Some(options))
            .map_err(|_| SealError::Misconfigured("the vault's address cannot be read"))?;
        Ok(Self { client, key_name: key_name.to_owned(), newest: Mutex::default() })
    }

    /// The data key under the key's newest version.
    pub(crate) async fn wrap(&self, key: &DataKey) -> Result<WrappedKey, SealError> {
        let request = parameters(key.as_bytes()).try_into().map_err(SealError::unavailable)?;
        let answer = self.client.wrap_key(&self.key_name, request, None).await;
        let answer =
            answer.and_then(|answer| answer.into_model()).map_err(SealError::unavailable)?;
        let version = version_of(answer.resource_id())?;
        let wrapped = WrappedKey::new(&version, &answer.result.unwrap_or_default());
        let wrapped = wrapped.ok_or_else(|| SealError::unavailable("it wrapped to nothing"))?;
        self.remember(&version);
        Ok(wrapped)
    }

    pub(crate) async fn unwrap(&self, wrapped: &WrappedKey) -> Result<DataKey, SealError> {
        let request = parameters(&wrapped.bytes).try_into().map_err(SealError::unavailable)?;
        let version = &wrapped.key_version;
        let answer = self.client.unwrap_key(&self.key_name, version, request, None).await;
        let answer = answer.map_err(|error| match error.http_status() {
            // It has no such version, or that did not wrap this.
            Some(StatusCode::BadRequest | StatusCode::NotFound) => SealError::Foreign,
            _ => SealError::unavailable(error),
        })?;
        let answer = answer.into_model().map_err(SealError::unavailable)?;
        let key = answer.result.map(zeroize::Zeroizing::new);
        key.and_then(|key| DataKey::from_bytes(&key)).ok_or(SealError::Foreign)
    }

    /// The version that new data keys are wrapped under.
    pub(crate) async fn newest_version(&self) -> Result<String, SealError> {
        if let Some((since, version)) = &*self.newest()
            && since.elapsed() < NEWEST_REMEMBERED_FOR
        {
            return Ok(version.clone());
        }
        let key = self.client.get_key(&self.key_name, None).await;
        let key = key.and_then(|key| key.into_model()).map_err(SealError::unavailable)?;
        let version = version_of(key.resource_id())?;
        self.remember(&version);
        Ok(version)
    }

    fn remember(&self, version: &str) {
        *self.newest() = Some((Instant::now(), version.to_owned()));
    }

    fn newest(&self) -> MutexGuard<'_, Option<(Instant, String)>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// RSA-OAEP with SHA-256 in both places.
fn parameters(value: &[u8]) -> KeyOperationParameters {
    KeyOperationParameters {
        algorithm: Some(EncryptionAlgorithm::RsaOaep256),
        value: Some(value.to_vec()),
        ..Default::default()
    }
}

fn version_of(id: azure_core::Result<ResourceId>) -> Result<String, SealError> {
    let version = id.map_err(SealError::unavailable)?.version;
    version.ok_or_else(|| SealError::unavailable("it named no version of the key"))
}
