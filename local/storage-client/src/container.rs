//! What stands in a container.

use reqwest::{Method, Url};
use serde::Deserialize;
use time::OffsetDateTime;

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
        let path: Vec<&str> = [self.name.as_str()].into_iter().chain(blob.split('/')).collect();
        self.account.url_of(&path)
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
