//! One service of a storage account: how its requests are addressed and authorised.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use azure_core::credentials::TokenCredential;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, Method, Request, Response, Url};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::StorageError;
use crate::connection_string::{self, ConnectionStringError, Service};

const API_VERSION: &str = "2026-04-06";
const SCOPE: &str = "https://storage.azure.com/.default";
/// For a whole call.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// Azurite closes a connection that waited for five seconds, and a request that meets that fails.
const IDLE_LIMIT: Duration = Duration::from_secs(2);

/// The Blob or the Queue service of an account. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Account {
    endpoint: Url,
    authority: Authority,
    http: Client,
}

/// Why the account lets a caller in.
#[derive(Clone, Debug)]
enum Authority {
    Identity(Arc<dyn TokenCredential>),
    Key { account: String, key: Arc<hmac::Key> },
}

impl Account {
    /// A service at its `endpoint`, used by an identity.
    ///
    /// # Errors
    /// When the endpoint is no URL, or this machine has no certificates to trust.
    pub fn of_identity(
        endpoint: &str,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, ConnectionStringError> {
        Self::new(endpoint, Authority::Identity(credential))
    }

    /// A service of the account that a connection string names, used with its key.
    ///
    /// # Errors
    /// When the text is no connection string of an account with a key.
    pub fn of_connection_string(
        text: &str,
        service: Service,
    ) -> Result<Self, ConnectionStringError> {
        let named = connection_string::parse(text, service)?;
        let key = Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &named.key));
        Self::new(&named.endpoint, Authority::Key { account: named.account, key })
    }

    fn new(endpoint: &str, authority: Authority) -> Result<Self, ConnectionStringError> {
        let endpoint = Url::parse(endpoint).ok().filter(|url| !url.cannot_be_a_base());
        let endpoint = endpoint.ok_or(ConnectionStringError::Endpoint)?;
        let http = Client::builder().timeout(CALL_LIMIT).pool_idle_timeout(IDLE_LIMIT).build();
        let http = http.map_err(|_| ConnectionStringError::Trust)?;
        Ok(Self { endpoint, authority, http })
    }

    /// The URL of something in the service.
    #[must_use]
    pub fn url_of(&self, path: &[&str]) -> Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Sends a request and answers a success with its body still to come.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: String,
    ) -> Result<Response, StorageError> {
        self.send_with(method, path, query, HeaderMap::new(), body.into_bytes()).await
    }

    /// As [`Self::send`], with `x-ms-…` headers of the operation's own.
    pub(crate) async fn send_with(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        own: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Response, StorageError> {
        let mut url = self.url_of(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = Request::new(method, url);
        let now = OffsetDateTime::now_utc().format(&Rfc2822).unwrap_or_default();
        let headers = request.headers_mut();
        headers.extend(own);
        headers.insert("x-ms-version", HeaderValue::from_static(API_VERSION));
        insert(headers, "x-ms-date", &now.replace("+0000", "GMT"))?;
        insert(headers, "content-length", &body.len().to_string())?;
        let length = body.len();
        *request.body_mut() = Some(body.into());
        let authorization = match &self.authority {
            Authority::Identity(credential) => {
                format!("Bearer {}", credential.get_token(&[SCOPE], None).await?.token.secret())
            }
            Authority::Key { account, key } => {
                let text = string_to_sign(account, &request, length);
                let signature = STANDARD.encode(hmac::sign(key, text.as_bytes()));
                format!("SharedKey {account}:{signature}")
            }
        };
        insert(request.headers_mut(), "authorization", &authorization)?;
        let response = self.http.execute(request).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let code = response.headers().get("x-ms-error-code");
        let code = code.and_then(|code| code.to_str().ok()).unwrap_or_default().to_owned();
        Err(StorageError::Refused { status, code })
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &str) -> Result<(), StorageError> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| StorageError::Malformed(format!("no value for {name}")))?;
    headers.insert(name, value);
    Ok(())
}

/// What a key signs: the documented lines of "Authorize with Shared Key", of which this client sets
/// only the length, its own headers and what is asked for.
fn string_to_sign(account: &str, request: &Request, length: usize) -> String {
    let length = if length == 0 { String::new() } else { length.to_string() };
    let none_match = request.headers().get(IF_NONE_MATCH);
    let none_match = none_match.and_then(|value| value.to_str().ok()).unwrap_or_default();
    // Content-Encoding, -Language, -Length, -MD5, -Type, Date, If-Modified-Since, If-Match,
    // If-None-Match, If-Unmodified-Since and Range.
    let method = request.method();
    let mut text = format!("{method}\n\n\n{length}\n\n\n\n\n\n{none_match}\n\n\n");
    let headers = request.headers().iter();
    let mut own: Vec<_> = headers.filter(|(name, _)| name.as_str().starts_with("x-ms-")).collect();
    own.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in own {
        text.push_str(&format!("{name}:{}\n", value.to_str().unwrap_or_default()));
    }
    text.push_str(&format!("/{account}{}", request.url().path()));
    let mut query: Vec<_> = request.url().query_pairs().collect();
    query.sort();
    for (name, value) in query {
        text.push_str(&format!("\n{name}:{value}"));
    }
    text
}
