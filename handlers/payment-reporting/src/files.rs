//! The storage account of the files that shops download, and of those that the bank brings. One for
//! shops grows by blocks, which nobody sees until it is whole.

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::{Body, StatusCode};
use azure_storage_blob::models::{
    BlobClientGetPropertiesResultHeaders, BlockBlobClientCommitBlockListOptions, BlockLookupList,
};
use blobs::{BlobAccount, BlobAddress, Link, Permission};
use futures_util::StreamExt;
use service::{ConfigError, Error};
use time::{Date, OffsetDateTime};
use tokio::time::timeout;

use crate::domain::Export;

const CONTAINER: &str = "exports";
/// A statement is named like its day: `2026-11-30.xml`.
const STATEMENTS: &str = "bank-statements";
/// How long a statement is waited for.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);
/// How long a block, or making a file of all of them, is waited for, with all tries.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// A link is good from a little before, since clocks differ.
const CLOCKS_DIFFER_BY: time::Duration = time::Duration::minutes(1);
const AWAY: &str = "Files can be neither written nor downloaded at the moment.";

/// The storage account.
pub(crate) struct Files(BlobAccount);

impl Files {
    /// Asks nothing of the account yet.
    pub(crate) fn new(
        credential: Arc<dyn TokenCredential>,
        address: BlobAddress,
    ) -> Result<Self, ConfigError> {
        BlobAccount::new(credential, address, AWAY).map(Self)
    }

    /// Brings a block, whose number is its name: another of this number was the same.
    pub(crate) async fn put_block(
        &self,
        export: &Export,
        number: u32,
        bytes: Vec<u8>,
    ) -> Result<(), Error> {
        let client = self.0.blob(CONTAINER, &export.blob_name()).block_blob_client();
        let length = u64::try_from(bytes.len()).map_err(Error::internal)?;
        let name = block_name(export.layout, number);
        let staged = client.stage_block(&name, length, Body::from(bytes).into(), None);
        let staged = timeout(CALL_LIMIT, staged).await.map_err(|away| self.0.unavailable(&away))?;
        staged.map(drop).map_err(|error| self.0.unavailable(&error))
    }

    /// Makes a file of its blocks, and says how long it is. Doing it again changes nothing.
    pub(crate) async fn put_together(&self, export: &Export, blocks: u32) -> Result<u64, Error> {
        let client = self.0.blob(CONTAINER, &export.blob_name()).block_blob_client();
        let list = BlockLookupList {
            latest: Some((0..blocks).map(|number| block_name(export.layout, number)).collect()),
            ..Default::default()
        };
        let (_, media_type) = export.format.of_file();
        let options = BlockBlobClientCommitBlockListOptions {
            blob_content_type: Some(media_type.to_owned()),
            blob_content_disposition: Some(format!(
                "attachment; filename=\"{}\"",
                export.file_name()
            )),
            ..Default::default()
        };
        let list = list.try_into().map_err(Error::internal)?;
        let made = timeout(CALL_LIMIT, client.commit_block_list(list, Some(options))).await;
        let made = made.map_err(|away| self.0.unavailable(&away))?;
        made.map_err(|error| self.0.unavailable(&error))?;
        let read = self.0.blob(CONTAINER, &export.blob_name());
        let read = timeout(CALL_LIMIT, read.get_properties(None)).await;
        let read = read.map_err(|away| self.0.unavailable(&away))?;
        let length = read.and_then(|properties| properties.content_length());
        let length = length.map_err(|error| self.0.unavailable(&error))?;
        length.ok_or_else(|| Error::internal("a file without a length"))
    }

    /// A link by which whoever has it downloads the file.
    pub(crate) async fn link(
        &self,
        export: &Export,
        (now, until): (OffsetDateTime, OffsetDateTime),
    ) -> Result<Link, Error> {
        let key = self.0.signing_key(now).await?;
        let times = (now.saturating_sub(CLOCKS_DIFFER_BY), until);
        self.0.link(&key, CONTAINER, &export.blob_name(), Permission::Read, times)
    }

    /// The bank's statement of a day; none if there is no such file. One that is longer than that
    /// is read no further, which makes it none that anybody can read.
    pub(crate) async fn read_statement(
        &self,
        day: Date,
        bytes_max: usize,
    ) -> Result<Option<Vec<u8>>, Error> {
        let client = self.0.blob(STATEMENTS, &format!("{day}.xml"));
        let download = async {
            let mut body = client.download(None).await?.body;
            let mut bytes = Vec::new();
            while let Some(part) = body.next().await {
                bytes.extend_from_slice(&part?);
                if bytes.len() > bytes_max {
                    bytes.truncate(bytes_max);
                    break;
                }
            }
            Ok(bytes)
        };
        let download: Result<Vec<u8>, azure_core::Error> =
            timeout(DOWNLOAD_LIMIT, download).await.map_err(|away| self.0.unavailable(&away))?;
        match download {
            Err(error) if error.http_status() == Some(StatusCode::NotFound) => Ok(None),
            downloaded => downloaded.map(Some).map_err(|error| self.0.unavailable(&error)),
        }
    }

    /// What is not there is deleted already.
    pub(crate) async fn delete(&self, export: &Export) -> Result<(), Error> {
        self.0.delete(CONTAINER, &export.blob_name()).await
    }
}

/// All names of a file's blocks have one length. Those of another layout are others, so none of
/// them gets into the file.
fn block_name(layout: u32, number: u32) -> Vec<u8> {
    format!("{layout:04}-{number:08}").into_bytes()
}
