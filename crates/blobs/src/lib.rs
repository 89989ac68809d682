//! A service's storage account, links into it for clients, and files that grow by blocks.
//!
//! A link (a user delegation SAS, signed with a key that the account gives to the service's
//! identity) is good for one blob, one permission and a few minutes.

mod link;

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use azure_core::http::{Body, StatusCode};
use azure_storage_blob::models::{
    BlobClientDeleteOptions, BlobClientDownloadOptions, BlockBlobClientUploadOptions,
    DeleteSnapshotsOptionType, HttpRange, KeyInfo,
};
use azure_storage_blob::{BlobClient, BlobServiceClient};
use futures_util::StreamExt;
use service::{ConfigError, Error, causes};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;
use tokio::time::timeout;

pub use link::{BlobAddress, Link, Permission, SigningKey};

/// How long a signing key is asked for.
const KEY_LASTS: Duration = Duration::hours(24);
/// A signing key, and so a link, is good from a little before, since the account's clock may be
/// behind ours.
const KEY_BEGINS_BEFORE: Duration = Duration::minutes(5);
/// A signing key is not used in its last part: what it has signed would end with it.
const KEY_SPARED: Duration = Duration::hours(1);
/// How long one answer of the account is waited for, with all tries.
const CALL_LIMIT: std::time::Duration = std::time::Duration::from_secs(10);
/// How long the bytes of a whole blob are waited for.
const BYTES_LIMIT: std::time::Duration = std::time::Duration::from_secs(60);

/// The storage account.
pub struct BlobAccount {
    client: BlobServiceClient,
    address: BlobAddress,
    key: Mutex<Option<Arc<SigningKey>>>,
    unavailable: &'static str,
}

impl BlobAccount {
    /// Asks nothing of the account yet. `unavailable` is what callers are told while it is away.
    pub fn new(
        credential: Arc<dyn TokenCredential>,
        address: BlobAddress,
        unavailable: &'static str,
    ) -> Result<Self, ConfigError> {
        let client = BlobServiceClient::new(address.url.clone(), Some(credential), None)
            .map_err(|_| ConfigError::Invalid("the storage account", "no account's address"))?;
        Ok(Self { client, address, key: Mutex::new(None), unavailable })
    }

    /// What signs links. The account is asked for a key once a day.
    pub async fn signing_key(&self, now: OffsetDateTime) -> Result<Arc<SigningKey>, Error> {
        let spared = now.saturating_add(KEY_SPARED);
        let mut key = self.key.lock().await;
        if let Some(key) = key.as_ref().filter(|key| key.lasts_until(spared)) {
            return Ok(key.clone());
        }
        let fetched = Arc::new(self.fetch_key(now).await?);
        *key = Some(fetched.clone());
        Ok(fetched)
    }

    /// A link to one blob, good between two moments.
    pub fn link(
        &self,
        key: &SigningKey,
        container: &str,
        blob_name: &str,
        permission: Permission,
        times: (OffsetDateTime, OffsetDateTime),
    ) -> Result<Link, Error> {
        key.sign(&self.address, container, blob_name, permission, times).map_err(Error::internal)
    }

    /// One blob, to read and write as the service's identity may.
    pub fn blob(&self, container: &str, blob_name: &str) -> BlobClient {
        self.client.blob_client(container, blob_name)
    }

    /// Whether there is a blob of this name.
    pub async fn exists(&self, container: &str, blob_name: &str) -> Result<bool, Error> {
        let client = self.blob(container, blob_name);
        match timeout(CALL_LIMIT, client.get_properties(None)).await {
            Ok(Err(error)) if error.http_status() == Some(StatusCode::NotFound) => Ok(false),
            Ok(Err(error)) => Err(self.unavailable(&error)),
            Ok(Ok(_)) => Ok(true),
            Err(elapsed) => Err(self.unavailable(&elapsed)),
        }
    }

    /// The bytes of a blob, of a longer one the first `bytes_max` and one more; none if there is no
    /// blob of this name.
    pub async fn read(
        &self,
        container: &str,
        blob_name: &str,
        bytes_max: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let client = self.blob(container, blob_name);
        // What is longer is not asked for either: whoever uploaded it may have sent gigabytes.
        let length = u64::try_from(bytes_max).map_err(Error::internal)?.saturating_add(1);
        let options = BlobClientDownloadOptions {
            range: Some(HttpRange::new(0, length)),
            ..Default::default()
        };
        let download = async {
            let mut body = client.download(Some(options)).await?.body;
            let mut bytes = Vec::new();
            while let Some(part) = body.next().await {
                bytes.extend_from_slice(&part?);
            }
            Ok(bytes)
        };
        let download: Result<Vec<u8>, azure_core::Error> =
            timeout(BYTES_LIMIT, download).await.map_err(|away| self.unavailable(&away))?;
        match download {
            Err(error) if error.http_status() == Some(StatusCode::NotFound) => Ok(None),
            downloaded => downloaded.map(Some).map_err(|error| self.unavailable(&error)),
        }
    }

    /// Makes a blob of these bytes, in the place of one of this name.
    pub async fn write(
        &self,
        container: &str,
        blob_name: &str,
        bytes: Vec<u8>,
        content_type: &str,
    ) -> Result<(), Error> {
        let client = self.blob(container, blob_name).block_blob_client();
        let options = BlockBlobClientUploadOptions {
            blob_content_type: Some(content_type.to_owned()),
            ..Default::default()
        };
        let written = client.upload(Body::from(bytes).into(), Some(options));
        let written =
            timeout(BYTES_LIMIT, written).await.map_err(|away| self.unavailable(&away))?;
        written.map(drop).map_err(|error| self.unavailable(&error))
    }

    /// What is not there is deleted already. Its snapshots go with it: whoever may create a blob
    /// may make them, and with them it could not be deleted.
    pub async fn delete(&self, container: &str, blob_name: &str) -> Result<(), Error> {
        let options = BlobClientDeleteOptions {
            delete_snapshots: Some(DeleteSnapshotsOptionType::Include),
            ..Default::default()
        };
        match timeout(CALL_LIMIT, self.blob(container, blob_name).delete(Some(options))).await {
            Ok(Err(error)) if error.http_status() != Some(StatusCode::NotFound) => {
                Err(self.unavailable(&error))
            }
            Ok(_) => Ok(()),
            Err(elapsed) => Err(self.unavailable(&elapsed)),
        }
    }

    /// The refusal of what needs the account while it is away.
    pub fn unavailable(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        tracing::error!(causes = causes(error), "the storage account is away");
        Error::Unavailable(self.unavailable)
    }

    async fn fetch_key(&self, now: OffsetDateTime) -> Result<SigningKey, Error> {
        let info = KeyInfo {
            start: Some(now.saturating_sub(KEY_BEGINS_BEFORE)),
            expiry: Some(now.saturating_add(KEY_LASTS)),
            ..Default::default()
        };
        let ask = async {
            let answer = self.client.get_user_delegation_key(info.try_into()?, None).await?;
            answer.into_model()
        };
        let key = timeout(CALL_LIMIT, ask).await.map_err(|elapsed| self.unavailable(&elapsed))?;
        let key = key.map_err(|error| self.unavailable(&error))?;
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

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]

    use testkit::BlobContainer;

    use super::*;

    const CONTAINER: &str = "blobs";

    fn account() -> BlobAccount {
        let url = testkit::blob_endpoint();
        let address = BlobAddress::at(&url, &url).unwrap();
        BlobAccount::new(testkit::storage_credential(), address, "away").unwrap()
    }

    fn new_name() -> String {
        format!("2026/11/28/{}", values::DocumentId::new())
    }

    async fn link(account: &BlobAccount, name: &str, until: OffsetDateTime) -> Link {
        let now = OffsetDateTime::now_utc();
        let key = account.signing_key(now).await.unwrap();
        let times = (now - Duration::minutes(10), until);
        account.link(&key, CONTAINER, name, Permission::Create, times).unwrap()
    }

    async fn put(url: &str, bytes: &'static str) -> u16 {
        let put = reqwest::Client::new().put(url).header("x-ms-blob-type", "BlockBlob");
        put.body(bytes).send().await.unwrap().status().as_u16()
    }

    async fn upload(account: &BlobAccount, until: OffsetDateTime) -> u16 {
        put(&link(account, &new_name(), until).await.url, "bytes").await
    }

    #[tokio::test]
    async fn a_key_is_good_before_what_it_signs() {
        // It waits until the account has started, longer than a service may.
        BlobContainer::create(CONTAINER).await;
        let now = OffsetDateTime::now_utc();
        let key = account().signing_key(now).await.unwrap();
        assert!(key.start <= now - Duration::minutes(4), "{}", key.start);
    }

    #[tokio::test]
    async fn a_link_lets_nobody_in_once_it_has_expired() {
        BlobContainer::create(CONTAINER).await;
        let account = account();
        let now = OffsetDateTime::now_utc();
        assert_eq!(upload(&account, now + Duration::minutes(1)).await, 201);
        assert_eq!(upload(&account, now - Duration::seconds(1)).await, 403);
    }

    #[tokio::test]
    async fn of_a_blob_no_more_is_read_than_shows_that_it_is_too_long() {
        let container = BlobContainer::create(CONTAINER).await;
        let (account, name) = (account(), new_name());
        assert!(!account.exists(CONTAINER, &name).await.unwrap());
        assert_eq!(account.read(CONTAINER, &name, 4).await.unwrap(), None);
        for (there, read) in [(&b"123456"[..], &b"12345"[..]), (b"1234", b"1234"), (b"", b"")] {
            container.put(&name, "text/plain", there.to_vec()).await;
            assert!(account.exists(CONTAINER, &name).await.unwrap());
            assert_eq!(account.read(CONTAINER, &name, 4).await.unwrap().as_deref(), Some(read));
        }
    }

    #[tokio::test]
    async fn a_blob_is_deleted_though_its_client_made_a_snapshot_of_it_by_the_link() {
        let container = BlobContainer::create(CONTAINER).await;
        let (account, name) = (account(), new_name());
        let until = OffsetDateTime::now_utc() + Duration::minutes(1);
        let link = link(&account, &name, until).await;
        assert_eq!(put(&link.url, "bytes").await, 201);
        assert_eq!(put(&format!("{}&comp=snapshot", link.url), "").await, 201);
        account.delete(CONTAINER, &name).await.unwrap();
        assert_eq!(container.get(&name).await, None);
        account.delete(CONTAINER, &name).await.unwrap();
    }
}
