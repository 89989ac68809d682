//! The storage account of the documents, and links into it.
//!
//! A client uploads straight into the account: its link (a user delegation SAS, signed with a key
//! that the account gives to this service's identity) is good for one blob, a few minutes, and one
//! upload, since it lets its holder create and neither read nor replace.

mod link;

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::http::{StatusCode, Url};
use azure_storage_blob::BlobServiceClient;
use azure_storage_blob::models::KeyInfo;
use futures_util::StreamExt;
use service::{ConfigError, Error, causes};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use tokio::time::timeout;

use link::{Account, SigningKey};
pub(crate) use link::{Link, Permission};

/// The container that clients upload into.
const DOCUMENTS: &str = "documents";
/// The container of the lists that names are compared with.
const SCREENING: &str = "screening";
/// How long a signing key is asked for.
const KEY_LASTS: Duration = Duration::hours(24);
/// A signing key is not used in its last part: what it has signed would end with it.
const KEY_SPARED: Duration = Duration::hours(1);
/// How long one answer of the account is waited for, with all tries.
const CALL_LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
/// The same for a whole list.
const DOWNLOAD_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// The storage account.
pub(crate) struct Documents {
    client: BlobServiceClient,
    account: Account,
    key: Mutex<Option<Arc<SigningKey>>>,
}

impl Documents {
    /// Asks nothing of the account yet.
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        blob_url: &str,
    ) -> Result<Self, ConfigError> {
        let invalid = |_| ConfigError::Invalid("ONBOARDING_BLOB_URL", "no account's address");
        let url = Url::parse(blob_url).map_err(|_| invalid(()))?;
        let account = Account::at(&url).ok_or_else(|| invalid(()))?;
        let client =
            BlobServiceClient::new(url, Some(credential), None).map_err(|_| invalid(()))?;
        Ok(Self { client, account, key: Mutex::new(None) })
    }

    /// What signs links. The account is asked for a key once a day.
    pub(crate) async fn signing_key(&self, now: OffsetDateTime) -> Result<Arc<SigningKey>, Error> {
        let spared = now.saturating_add(KEY_SPARED);
        let mut key = self.key.lock().await;
        if let Some(key) = key.as_ref().filter(|key| key.lasts_until(spared)) {
            return Ok(key.clone());
        }
        let fetched = Arc::new(self.fetch_key(now).await?);
        *key = Some(fetched.clone());
        Ok(fetched)
    }

    /// A link to one document.
    pub(crate) fn link(
        &self,
        key: &SigningKey,
        blob_name: &str,
        permission: Permission,
        (from, until): (OffsetDateTime, OffsetDateTime),
    ) -> Result<Link, Error> {
        key.sign(&self.account, DOCUMENTS, blob_name, permission, (from, until))
            .map_err(Error::internal)
    }

    /// What is not there is deleted already.
    pub(crate) async fn delete(&self, blob_name: &str) -> Result<(), Error> {
        let client = self.client.blob_client(DOCUMENTS, blob_name);
        match timeout(CALL_LIMIT, client.delete(None)).await {
            Ok(Err(error)) if error.http_status() != Some(StatusCode::NotFound) => {
                Err(unavailable(&error))
            }
            Ok(_) => Ok(()),
            Err(elapsed) => Err(unavailable(&elapsed)),
        }
    }

    /// The bytes of a list, or none if there is no blob of this name or it is longer than that.
    pub(crate) async fn read_list(
        &self,
        blob_name: &str,
        bytes_max: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let client = self.client.blob_client(SCREENING, blob_name);
        let download = async {
            let mut body = client.download(None).await?.body;
            let mut bytes = Vec::new();
            while let Some(part) = body.next().await {
                bytes.extend_from_slice(&part?);
                if bytes.len() > bytes_max {
                    return Ok(None);
                }
            }
            Ok(Some(bytes))
        };
        let download: Result<Option<Vec<u8>>, azure_core::Error> =
            timeout(DOWNLOAD_LIMIT, download).await.map_err(|elapsed| unavailable(&elapsed))?;
        match download {
            Err(error) if error.http_status() == Some(StatusCode::NotFound) => Ok(None),
            downloaded => downloaded.map_err(|error| unavailable(&error)),
        }
    }

    async fn fetch_key(&self, now: OffsetDateTime) -> Result<SigningKey, Error> {
        let info = KeyInfo {
            start: Some(now),
            expiry: Some(now.saturating_add(KEY_LASTS)),
            ..Default::default()
        };
        let ask = async {
            let answer = self.client.get_user_delegation_key(info.try_into()?, None).await?;
            answer.into_model()
        };
        let key = timeout(CALL_LIMIT, ask).await.map_err(|elapsed| unavailable(&elapsed))?;
        let key = key.map_err(|error| unavailable(&error))?;
        let key = || {
            Some(SigningKey {
                value: key.value?,
                object_id: key.signed_oid?,
                tenant_id: key.signed_tid?,
                start: key.signed_start?,
                expiry: key.signed_expiry?,
                service: key.signed_service?,
                version: key.signed_version?,
            })
        };
        key().ok_or_else(|| Error::internal("a signing key without its parts"))
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Error {
    tracing::error!(causes = causes(error), "the storage account is away");
    Error::Unavailable("Documents can be neither uploaded nor read at the moment.")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

    use testkit::BlobContainer;

    use super::*;

    async fn upload(documents: &Documents, until: OffsetDateTime) -> u16 {
        let now = OffsetDateTime::now_utc();
        let key = documents.signing_key(now).await.unwrap();
        let name = format!("2026/11/28/{}", values::DocumentId::new());
        let times = (now - Duration::minutes(10), until);
        let link = documents.link(&key, &name, Permission::Create, times).unwrap();
        let put = reqwest::Client::new().put(link.url).header("x-ms-blob-type", "BlockBlob");
        put.body("bytes").send().await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn a_link_lets_nobody_in_once_it_has_expired() {
        BlobContainer::create(DOCUMENTS).await;
        let documents =
            Documents::new(testkit::storage_credential(), &testkit::blob_endpoint()).unwrap();
        let now = OffsetDateTime::now_utc();
        assert_eq!(upload(&documents, now + Duration::minutes(1)).await, 201);
        assert_eq!(upload(&documents, now - Duration::seconds(1)).await, 403);
    }
}
