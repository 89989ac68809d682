//! Sealing and opening.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use tokio::time::timeout;

use crate::data_key::DataKey;
use crate::data_keys::DataKeys;
use crate::rewrap_columns::PassedOver;
use crate::sealed::range_of;
use crate::vault::Vault;
use crate::{SealError, Sealed};

/// How long one answer of Key Vault is waited for, with all tries, or one that another asked for.
const CALL_LIMIT: Duration = Duration::from_secs(10);

/// A key of a vault, under which each record's own key is wrapped. One for a process: it remembers
/// the data keys that it has unwrapped.
///
/// A `context` is where the bytes stand, `<table>.<column>:<id>`. It is authenticated, so that no
/// ciphertext opens in another row or column.
pub struct SealingKey {
    vault: Vault,
    data_keys: DataKeys,
    pub(crate) passed_over: PassedOver,
}

impl SealingKey {
    /// The key `key_name` of the vault `https://<name>.vault.azure.net`, for who may wrap, unwrap
    /// and read it there. Nothing is asked of the vault yet.
    ///
    /// # Errors
    /// `Misconfigured` when the address or the name cannot be one.
    pub fn new(
        credential: Arc<dyn TokenCredential>,
        vault_url: &str,
        key_name: &str,
    ) -> Result<Self, SealError> {
        let vault = Vault::new(credential, vault_url, key_name)?;
        Ok(Self { vault, data_keys: DataKeys::default(), passed_over: PassedOver::default() })
    }

    /// Seals under a new data key, which one call of the vault wraps.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn seal(&self, context: &str, plain: &[u8]) -> Result<Sealed, SealError> {
        let key = DataKey::random()?;
        let ciphertext = key.seal(context, plain)?;
        Ok(Sealed { wrapped: in_time(self.vault.wrap(&key)).await?, ciphertext })
    }

    /// What was sealed in this context, by one call of the vault unless its data key was unwrapped
    /// in the last minutes.
    ///
    /// # Errors
    /// `Unavailable`; `Damaged` and `Foreign`, which stay what they are.
    pub async fn open(&self, context: &str, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        self.data_key(sealed).await?.open(context, &sealed.ciphertext)
    }

    /// The same ciphertext with its data key wrapped under the key's newest version, which is what
    /// a rotation asks for. It needs no context, since it reads no text. Its data key is not
    /// remembered: it would take the place of one that somebody reads by.
    ///
    /// # Errors
    /// `Unavailable`, `Foreign`.
    pub async fn rewrap(&self, sealed: &Sealed) -> Result<Sealed, SealError> {
        let key = in_time(self.vault.unwrap(&sealed.wrapped)).await?;
        let wrapped = in_time(self.vault.wrap(&key)).await?;
        Ok(Sealed { wrapped, ciphertext: sealed.ciphertext.clone() })
    }

    /// Whether its data key is wrapped under the key's newest version, as far as was heard in the
    /// last minutes.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn is_current(&self, sealed: &Sealed) -> Result<bool, SealError> {
        Ok(in_time(self.vault.newest_version()).await? == sealed.key_version())
    }

    /// Between which all bytes lie whose data key is wrapped under the key's newest version, as far
    /// as was heard in the last minutes. What lies elsewhere is to be rewrapped: an index of a
    /// column's first 34 bytes finds it.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn current_range(&self) -> Result<Range<Vec<u8>>, SealError> {
        Ok(range_of(&in_time(self.vault.newest_version()).await?))
    }

    async fn data_key(&self, sealed: &Sealed) -> Result<DataKey, SealError> {
        let wrapped = &sealed.wrapped;
        in_time(self.data_keys.get(wrapped, self.vault.unwrap(wrapped))).await
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, SealError>>) -> Result<T, SealError> {
    timeout(CALL_LIMIT, call).await.map_err(SealError::unavailable)?
}

#[cfg(test)]
mod tests {
    use azure_core::credentials::{AccessToken, TokenRequestOptions};

    use super::*;

    #[derive(Debug)]
    struct Nobody;

    #[async_trait::async_trait]
    impl TokenCredential for Nobody {
        async fn get_token(
            &self,
            _scopes: &[&str],
            _options: Option<TokenRequestOptions<'_>>,
        ) -> azure_core::Result<AccessToken> {
            Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, "nobody"))
        }
    }

    #[test]
    fn what_is_no_vault_or_no_key_stops_the_start() {
        for (vault, key) in [
            ("", "documents"),
            ("https://", "documents"),
            ("http://v.vault.azure.net", "documents"),
            ("https://v.vault.azure.net", ""),
            ("https://v.vault.azure.net", "documents/../x"),
        ] {
            let made = SealingKey::new(Arc::new(Nobody), vault, key);
            assert!(matches!(made, Err(SealError::Misconfigured(_))), "{vault} {key}");
        }
    }

    #[tokio::test]
    async fn a_vault_that_cannot_be_reached_is_unavailable() {
        let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let key = SealingKey::new(Arc::new(Nobody), &format!("https://{free}"), "documents");
        let key = key.unwrap();
        // On a task of its own, as a handler's work may move between threads.
        let sealing = tokio::spawn(async move { key.seal("t.c:1", b"text").await });
        assert!(matches!(sealing.await.unwrap(), Err(SealError::Unavailable(_))));
    }
}
