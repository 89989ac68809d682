//! The Blob and Queue storage of the tests, and an identity that it lets in.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};

use crate::database::variable;
use crate::identity::Identity;

const SCOPE: &str = "https://storage.azure.com/.default";
const API_VERSION: &str = "2026-04-06";
const OBJECT_ID: &str = "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02";

/// The Blob endpoint of the tests' storage account, without a slash at its end. The account
/// (Azurite) starts with the first request, so tests that make none do not pay for it. That takes
/// seconds, longer than a service may wait: begin with [`BlobContainer::create`], which waits.
///
/// `up exec-with-stores` sets `SSL_CERT_FILE`, so that clients built in the test process or below
/// it trust it.
pub fn blob_endpoint() -> String {
    variable("TEST_BLOB_URL")
}

/// The Queue endpoint of the same account.
pub fn queue_endpoint() -> String {
    variable("TEST_QUEUE_URL")
}

/// An identity that may do everything in that account, also ask for a user delegation key.
pub fn storage_credential() -> Arc<dyn TokenCredential> {
    Arc::new(identity())
}

/// A container, to look behind a service and to be the client that uploads. All tests share the
/// account: use blob names that no other test uses.
///
/// ```ignore
/// let documents = BlobContainer::create("documents").await;
/// let etag = documents.put("2026/11/29/doc_…", "image/png", bytes).await;
/// let (url, credential) = (testkit::blob_endpoint(), testkit::storage_credential());
/// // … the service works with these …
/// assert_eq!(documents.get("2026/11/29/doc_…").await, None); // deleted
/// ```
pub struct BlobContainer {
    url: String,
    http: Client,
}

impl BlobContainer {
    /// The container of this name, which may be there already.
    pub async fn create(name: &str) -> Self {
        let url = format!("{}/{name}", blob_endpoint());
        let container = Self { url, http: Client::new() };
        let create = container.request(Method::PUT, "?restype=container");
        let status = send(create).await.status();
        assert!(matches!(status, StatusCode::CREATED | StatusCode::CONFLICT), "{status}");
        container
    }

    /// The URL of a blob, as a service that has the endpoint and the container's name builds it.
    pub fn url_of(&self, blob: &str) -> String {
        format!("{}/{blob}", self.url)
    }

    /// Uploads a blob, over an earlier one of this name, and answers its ETag.
    pub async fn put(&self, blob: &str, content_type: &str, bytes: Vec<u8>) -> String {
        let put = self.request(Method::PUT, &format!("/{blob}"));
        let put = put.header("x-ms-blob-type", "BlockBlob").header("content-type", content_type);
        // Left out of an empty request, and then missed.
        let put = put.header("content-length", bytes.len());
        let response = send(put.body(bytes)).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{blob}");
        let etag = response.headers().get("etag").expect("an ETag");
        etag.to_str().expect("an ETag in ASCII").to_owned()
    }

    /// The bytes of a blob, `None` if there is none of this name.
    pub async fn get(&self, blob: &str) -> Option<Vec<u8>> {
        let response = send(self.request(Method::GET, &format!("/{blob}"))).await;
        match response.status() {
            StatusCode::OK => Some(response.bytes().await.expect("a whole blob").to_vec()),
            StatusCode::NOT_FOUND => None,
            status => panic!("{blob}: {status}"),
        }
    }

    /// Deletes a blob that is there.
    pub async fn delete(&self, blob: &str) {
        let response = send(self.request(Method::DELETE, &format!("/{blob}"))).await;
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{blob}");
    }

    /// Leases a blob for ever: who does not name the lease can neither delete nor change it.
    pub async fn lease(&self, blob: &str) {
        let lease = self.request(Method::PUT, &format!("/{blob}?comp=lease"));
        let lease = lease.header("x-ms-lease-action", "acquire");
        let lease = lease.header("x-ms-lease-duration", "-1").header("content-length", 0);
        assert_eq!(send(lease).await.status(), StatusCode::CREATED, "{blob}");
    }

    fn request(&self, method: Method, rest: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{rest}", self.url));
        request.bearer_auth(identity().token(SCOPE).0).header("x-ms-version", API_VERSION)
    }
}

fn identity() -> Identity {
    Identity { object_id: OBJECT_ID.to_owned() }
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("the storage account answers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_blob_that_was_put_is_there_until_it_is_deleted_and_each_put_has_its_own_etag() {
        let documents = BlobContainer::create("testkit").await;
        let etag = documents.put("2026/11/29/a name", "image/png", b"one".to_vec()).await;
        assert_ne!(documents.put("2026/11/29/a name", "image/png", b"two".to_vec()).await, etag);
        assert_eq!(documents.get("2026/11/29/a name").await.as_deref(), Some(&b"two"[..]));
        documents.delete("2026/11/29/a name").await;
        assert_eq!(documents.get("2026/11/29/a name").await, None);
    }
}
