//! The container that documents are uploaded to; this service may only read it.

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use reqwest::header::{CONTENT_TYPE, ETAG};
use reqwest::{Client, Response, StatusCode};
use service::ConfigError;

use crate::domain::Upload;
use crate::image::FILE_BYTES_MAX;

/// The scope of the token that storage accounts take.
const SCOPE: &str = "https://storage.azure.com/.default";
const API_VERSION: &str = "2023-11-03";
const CONTAINER: &str = "documents";
/// A document of the largest size, over a slow line.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);
/// Characters of a content type; a longer one is none that is read.
const CONTENT_TYPE_MAX: usize = 100;

/// The documents.
#[derive(Clone)]
pub(crate) struct Documents {
    http: Client,
    /// Of the container.
    url: String,
    identity: Arc<dyn TokenCredential>,
}

/// A document as it was uploaded.
pub(crate) struct Document {
    /// As the upload called it.
    pub(crate) content_type: String,
    /// In bytes.
    pub(crate) content_length: u64,
    /// `None` if it is too large to be fetched.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// Why a document was not fetched.
pub(crate) enum FetchError {
    /// It was deleted.
    Missing,
    /// Another was written over it.
    Replaced,
    /// Storage or identity did not answer, or not as they should.
    Away(Box<dyn std::error::Error + Send + Sync>),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for FetchError {
    fn from(error: E) -> Self {
        Self::Away(error.into())
    }
}

/// The storage account answered something else than a blob.
#[derive(Debug, thiserror::Error)]
#[error("the storage account answers {0}")]
struct UnexpectedStatus(StatusCode);

impl Documents {
    pub(crate) fn new(
        account_url: &str,
        identity: Arc<dyn TokenCredential>,
    ) -> Result<Self, ConfigError> {
        let invalid = |reason| ConfigError::Invalid("OCR_DOCUMENTS_URL", reason);
        if !account_url.starts_with("https://") {
            return Err(invalid("an https:// URL is expected"));
        }
        let http = Client::builder()
            .timeout(FETCH_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| invalid("no HTTP client can be made"))?;
        let url = format!("{}/{CONTAINER}", account_url.trim_end_matches('/'));
        Ok(Self { http, url, identity })
    }

    /// The version of the document that was announced.
    pub(crate) async fn fetch(&self, upload: &Upload) -> Result<Document, FetchError> {
        let token = self.identity.get_token(&[SCOPE], None).await?;
        let request = self.http.get(format!("{}/{}", self.url, upload.blob));
        let request = request.bearer_auth(token.token.secret()).header("x-ms-version", API_VERSION);
        // The URL names the document and is left out of errors.
        let response = request.send().await.map_err(reqwest::Error::without_url)?;
        match response.status() {
            StatusCode::OK => {}
            // Not if the container is missing: then we look in the wrong place.
            StatusCode::NOT_FOUND if is_blob_missing(&response) => return Err(FetchError::Missing),
            status => return Err(UnexpectedStatus(status).into()),
        }
        // Not by If-Match, with which a blob that is gone may count as another.
        let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok());
        if etag.map(|etag| etag.trim_matches('"')) != Some(&upload.etag) {
            return Err(FetchError::Replaced);
        }
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let content_type: String =
            content_type.unwrap_or_default().chars().take(CONTENT_TYPE_MAX).collect();
        let announced = response.content_length().unwrap_or(upload.content_length);
        let bytes = if announced > FILE_BYTES_MAX { None } else { whole(response).await? };
        let fetched = bytes.as_ref().and_then(|bytes| u64::try_from(bytes.len()).ok());
        Ok(Document { content_type, content_length: fetched.unwrap_or(announced), bytes })
    }
}

fn is_blob_missing(response: &Response) -> bool {
    response.headers().get("x-ms-error-code").is_some_and(|code| code == "BlobNotFound")
}

/// The body; `None` if it is longer than a document may be.
async fn whole(mut response: Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
        let length = bytes.len().saturating_add(chunk.len());
        if u64::try_from(length).is_ok_and(|length| length > FILE_BYTES_MAX) {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
