//! What stands in a container.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use reqwest::{Method, Response, Url};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::queue::date;
use crate::{Account, StorageError};

/// One container of an account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Container {
    account: Account,
    name: String,
}

/// A blob as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// With its folders.
    pub name: String,
    /// Without quotation marks; each write gives another.
    pub etag: String,
    /// When it was last written.
    pub modified_at: OffsetDateTime,
    /// In bytes.
    pub content_length: u64,
    /// As the client called it.
    pub content_type: String,
    /// `BlockBlob` and the like.
    pub kind: String,
}

/// A blob as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Without quotation marks.
    pub etag: String,
    /// When it was last written.
    pub modified_at: OffsetDateTime,
    /// As the client called it.
    pub content_type: String,
    /// What its writer noted, by name.
    pub metadata: BTreeMap<String, String>,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// A blob is not there.
const GONE: [&str; 2] = ["BlobNotFound", "ContainerNotFound"];
const METADATA_PREFIX: &str = "x-ms-meta-";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    blobs: Blobs,
    #[serde(default)]
    next_marker: String,
}

#[derive(Default, Deserialize)]
struct Blobs {
    #[serde(rename = "Blob", default)]
    blobs: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    name: String,
    properties: Properties,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    etag: String,
    #[serde(rename = "Last-Modified", deserialize_with = "date")]
    last_modified: OffsetDateTime,
    #[serde(rename = "Content-Length")]
    content_length: u64,
    #[serde(rename = "Content-Type", default)]
    content_type: String,
    blob_type: String,
}

impl Container {
    /// The container of this name, whether it exists or not.
    #[must_use]
    pub fn new(account: Account, name: &str) -> Self {
        Self { account, name: name.to_owned() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The URL of a blob in it.
    #[must_use]
    pub fn url_of(&self, blob: &str) -> Url {
        self.account.url_of(&self.path_of(blob))
    }

    /// Makes the container unless it is there.
    ///
    /// # Errors
    /// What the account says, or that it says nothing.
    pub async fn create(&self) -> Result<(), StorageError> {
        let query = [("restype", "container")];
        match self.account.send(Method::PUT, &[&self.name], &query, String::new()).await {
            Err(error) if error.is_refusal(&["ContainerAlreadyExists"]) => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Writes a blob whole, in place of an earlier one.
    ///
    /// # Errors
    /// As [`Self::create`]; `ContainerNotFound` if the container is not there.
    pub async fn put(&self, blob: &str, content: Vec<u8>) -> Result<(), StorageError> {
        let block = HeaderValue::from_static("BlockBlob");
        let own = HeaderMap::from_iter([(HeaderName::from_static("x-ms-blob-type"), block)]);
        let path = self.path_of(blob);
        self.account.send_with(Method::PUT, &path, &[], own, content).await.map(drop)
    }

    /// Writes a blob whole unless there is one; whether it did.
    ///
    /// # Errors
    /// As [`Self::put`].
    pub async fn put_new(&self, blob: &str, content: Vec<u8>) -> Result<bool, StorageError> {
        let own = HeaderMap::from_iter([
            (HeaderName::from_static("x-ms-blob-type"), HeaderValue::from_static("BlockBlob")),
            (IF_NONE_MATCH, HeaderValue::from_static("*")),
        ]);
        let path = self.path_of(blob);
        match self.account.send_with(Method::PUT, &path, &[], own, content).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_refusal(&["BlobAlreadyExists"]) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether a blob is there.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub async fn has(&self, blob: &str) -> Result<bool, StorageError> {
        let path = self.path_of(blob);
        match self.account.send(Method::HEAD, &path, &[], String::new()).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_refusal(&GONE) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads a blob whole, unless it is gone.
    ///
    /// # Errors
    /// As [`Self::create`]; also when it is longer than `bytes_max`.
    pub async fn read(
        &self,
        blob: &str,
        bytes_max: usize,
    ) -> Result<Option<Content>, StorageError> {
        let path = self.path_of(blob);
        match self.account.send(Method::GET, &path, &[], String::new()).await {
            Ok(response) => Content::of(response, bytes_max).await.map(Some),
            Err(error) if error.is_refusal(&GONE) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn path_of<'a>(&'a self, blob: &'a str) -> Vec<&'a str> {
        [self.name.as_str()].into_iter().chain(blob.split('/')).collect()
    }

    /// All blobs whose name begins with `prefix`, by name.
    ///
    /// # Errors
    /// As [`Self::create`]; `ContainerNotFound` if the container is not there.
    pub async fn list(&self, prefix: &str) -> Result<Vec<Blob>, StorageError> {
        let mut blobs = Vec::new();
        let mut marker = String::new();
        loop {
            let mut query = vec![("restype", "container"), ("comp", "list"), ("prefix", prefix)];
            if !marker.is_empty() {
                query.push(("marker", &marker));
            }
            let page = self.account.send(Method::GET, &[&self.name], &query, String::new()).await?;
            let page: Listing = quick_xml::de::from_str(&page.text().await?)
                .map_err(|error| StorageError::Malformed(error.to_string()))?;
            blobs.extend(page.blobs.blobs.into_iter().map(Blob::from));
            if page.next_marker.is_empty() {
                return Ok(blobs);
            }
            marker = page.next_marker;
        }
    }
}

impl Content {
    async fn of(mut response: Response, bytes_max: usize) -> Result<Self, StorageError> {
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let modified_at = OffsetDateTime::parse(&header("last-modified"), &Rfc2822)
            .map_err(|error| StorageError::Malformed(error.to_string()))?;
        let (etag, content_type) = (header("etag"), header("content-type"));
        let noted = response.headers().iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix(METADATA_PREFIX)?;
            Some((name.to_owned(), value.to_str().ok()?.to_owned()))
        });
        let metadata = noted.collect();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if bytes.len().saturating_add(chunk.len()) > bytes_max {
                return Err(StorageError::TooLong { bytes_max });
            }
            bytes.extend_from_slice(&chunk);
        }
        let etag = etag.trim_matches('"').to_owned();
        Ok(Self { etag, modified_at, content_type, metadata, bytes })
    }
}

impl From<Listed> for Blob {
    fn from(Listed { name, properties }: Listed) -> Self {
        Self {
            name,
            etag: properties.etag.trim_matches('"').to_owned(),
            modified_at: properties.last_modified,
            content_length: properties.content_length,
            content_type: properties.content_type,
            kind: properties.blob_type,
        }
    }
}
