//! The storage account of the documents.
//!
//! A client uploads straight into the account: its link is good for one blob and one upload, since
//! it lets its holder create and neither read nor replace.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use blobs::{BlobAccount, BlobAddress, Link, Permission, SigningKey};
use service::{ConfigError, Error};
use time::OffsetDateTime;

/// The container that clients upload into.
const DOCUMENTS: &str = "documents";
/// The container of the lists that names are compared with.
const SCREENING: &str = "screening";
const AWAY: &str = "Documents can be neither uploaded nor read at the moment.";

/// The storage account.
pub(crate) struct Documents(BlobAccount);

impl Documents {
    /// Asks nothing of the account yet.
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        address: BlobAddress,
    ) -> Result<Self, ConfigError> {
        BlobAccount::new(credential, address, AWAY).map(Self)
    }

    /// What signs links.
    pub(crate) async fn signing_key(&self, now: OffsetDateTime) -> Result<Arc<SigningKey>, Error> {
        self.0.signing_key(now).await
    }

    /// A link to one document.
    pub(crate) fn link(
        &self,
        key: &SigningKey,
        blob_name: &str,
        permission: Permission,
        times: (OffsetDateTime, OffsetDateTime),
    ) -> Result<Link, Error> {
        self.0.link(key, DOCUMENTS, blob_name, permission, times)
    }

    /// Whether it was uploaded.
    pub(crate) async fn exists(&self, blob_name: &str) -> Result<bool, Error> {
        self.0.exists(DOCUMENTS, blob_name).await
    }

    /// What is not there is deleted already.
    pub(crate) async fn delete(&self, blob_name: &str) -> Result<(), Error> {
        self.0.delete(DOCUMENTS, blob_name).await
    }

    /// The bytes of a list, or none if there is no blob of this name or it is longer than that.
    pub(crate) async fn read_list(
        &self,
        blob_name: &str,
        bytes_max: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let list = self.0.read(SCREENING, blob_name, bytes_max).await?;
        Ok(list.filter(|list| list.len() <= bytes_max))
    }
}
