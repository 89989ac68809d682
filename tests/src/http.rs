//! Calling the public API over HTTP.

use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use test_client::Answer;
use uuid::Uuid;

use crate::Error;
use crate::record::Record;

/// No call takes longer; longer than a handler's own limit of 30 s, so that its answer is seen.
const ANSWER_LIMIT: Duration = Duration::from_secs(35);

/// What lists must not be older than.
const READ_AFTER: &str = "read-after";

/// The public API as one client address sees it. Make one per test: its connections belong to the
/// runtime that first used them.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    http: reqwest::Client,
    /// Each phone comes from an address of its own, as the edge would report it.
    client_address: String,
    /// The greatest position that was answered, which goes with each list. An app does the same.
    read_after: Arc<AtomicU64>,
}

impl Api {
    /// The API at `http://host:port`.
    pub fn new(base: &str) -> Self {
        let [.., a, b, c] = Uuid::new_v4().into_bytes();
        Self {
            base: base.to_owned(),
            http: reqwest::Client::new(),
            client_address: format!("10.{a}.{b}.{c}"),
            read_after: Arc::default(),
        }
    }

    /// A call that is not sent yet; `path` may be a whole URL of another server.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::of(self.clone(), method, path).header("x-forwarded-for", &self.client_address)
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// `POST path`.
    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }
}

/// A call that is not sent yet.
pub type Call = test_client::Call<Api>;

/// Sends calls over HTTP.
pub trait OverHttp {
    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// `NoAnswer`.
    fn send(self) -> impl Future<Output = Result<Answer, Error>> + Send;
}

impl OverHttp for Call {
    async fn send(self) -> Result<Answer, Error> {
        let read_after = Arc::clone(&self.client.read_after);
        let record = Record::of(&self);
        let (what, request) = into_request(self);
        let failed = |source| Error::NoAnswer { what: what.clone(), source };
        let mut response = request.timeout(ANSWER_LIMIT).send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), take(response.headers_mut()));
        let position = headers.get(READ_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        read_after.fetch_max(position.unwrap_or_default(), Ordering::Relaxed);
        let body = response.bytes().await.map_err(failed)?.to_vec();
        if let (Some(record), 200..300) = (record, status) {
            record.keep();
        }
        Ok(Answer { what, status, headers, body })
    }
}

/// Sends a call and leaves the answer's body to be read as it comes.
///
/// # Errors
/// `NoAnswer`, or `Mismatch` when the status is not 200.
pub(crate) async fn open(call: Call) -> Result<Response, Error> {
    let (what, request) = into_request(call);
    let response = request.send().await;
    let response = response.map_err(|source| Error::NoAnswer { what: what.clone(), source })?;
    crate::same(&what, &response.status().as_u16(), &200)?;
    Ok(response)
}

fn into_request(call: Call) -> (String, RequestBuilder) {
    let Call { client, what, request } = call;
    let (head, body) = request.into_parts();
    let base = if head.uri.host().is_some() { "" } else { &client.base };
    let position = client.read_after.load(Ordering::Relaxed);
    let mut headers = head.headers;
    if head.method == Method::GET && position > 0 && !headers.contains_key(READ_AFTER) {
        headers.insert(READ_AFTER, position.into());
    }
    let request = client.http.request(head.method, format!("{base}{}", head.uri));
    (what, request.headers(headers).body(body))
}

/// The beginning of a trace, as a phone sends it: the trace id and the `traceparent` header.
pub fn traceparent() -> (String, String) {
    let trace_id = Uuid::new_v4().simple().to_string();
    let (span_id, _) = Uuid::new_v4().as_u64_pair();
    let header = format!("00-{trace_id}-{span_id:016x}-01");
    (trace_id, header)
}
