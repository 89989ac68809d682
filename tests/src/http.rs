//! One HTTP call to the public API and its answer.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Error;

/// No call takes longer; longer than a handler's own limit of 30 s, so that its answer is seen.
const ANSWER_LIMIT: Duration = Duration::from_secs(35);

/// The public API as one client address sees it. Make one per test: its connections belong to the
/// runtime that first used them.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    http: reqwest::Client,
    /// Each phone comes from an address of its own, as the edge would report it.
    client_address: String,
}

impl Api {
    /// The API at `http://host:port`.
    pub fn new(base: &str) -> Self {
        let [.., a, b, c] = Uuid::new_v4().into_bytes();
        Self {
            base: base.to_owned(),
            http: reqwest::Client::new(),
            client_address: format!("10.{a}.{b}.{c}"),
        }
    }

    /// A call that is not sent yet; `path` may be a whole URL of another server. A POST has an
    /// idempotency key that no other call has.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let what = format!("{method} {path}");
        let key = (method == Method::POST).then(|| Uuid::new_v4().to_string());
        let request = self.http.request(method, url);
        Call { what, request: request.header("x-forwarded-for", &self.client_address), key }
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST path`.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }
}

/// A call that is not sent yet.
#[derive(Debug)]
#[must_use]
pub struct Call {
    what: String,
    request: RequestBuilder,
    key: Option<String>,
}

impl Call {
    /// With this idempotency key.
    pub fn key(self, key: &str) -> Self {
        Self { key: Some(key.to_owned()), ..self }
    }

    /// Without an idempotency key.
    pub fn without_key(self) -> Self {
        Self { key: None, ..self }
    }

    /// The request with all of its headers.
    fn into_parts(self) -> (String, RequestBuilder) {
        let Self { what, request, key } = self;
        let keyed =
            key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        (what, keyed)
    }

    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With one more header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    /// With a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        Self { request: self.request.json(body), ..self }
    }

    /// With a body of any kind.
    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        let call = self.header("content-type", content_type);
        Self { request: call.request.body(body), ..call }
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Errors
    /// `NoAnswer`.
    pub async fn send(self) -> Result<Answer, Error> {
        let (what, request) = self.into_parts();
        let failed = |source| Error::NoAnswer { what: what.clone(), source };
        let response = request.timeout(ANSWER_LIMIT).send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let content_type = header("content-type").unwrap_or_default().to_owned();
        let body = response.bytes().await.map_err(failed)?.to_vec();
        Ok(Answer { what, status, content_type, body })
    }

    /// Sends it and leaves the answer's body to be read as it comes.
    ///
    /// # Errors
    /// `NoAnswer`, or `Mismatch` when the status is not 200.
    pub(crate) async fn open(self) -> Result<reqwest::Response, Error> {
        let (what, request) = self.into_parts();
        let response = request.send().await;
        let response = response.map_err(|source| Error::NoAnswer { what: what.clone(), source })?;
        crate::same(&what, &response.status().as_u16(), &200)?;
        Ok(response)
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    what: String,
    /// The HTTP status.
    pub status: u16,
    /// The media type, as sent.
    pub content_type: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// This answer, if it has that status.
    ///
    /// # Errors
    /// `Mismatch` that shows the body.
    pub fn expect(self, status: u16) -> Result<Self, Error> {
        if self.status == status { Ok(self) } else { Err(self.mismatch(&status.to_string())) }
    }

    /// Whether this is a refusal with that status and code.
    ///
    /// # Errors
    /// `Mismatch` that shows the body.
    pub fn expect_refusal(self, status: u16, code: &str) -> Result<(), Error> {
        let is_problem = self.content_type == "application/problem+json";
        if self.status == status && is_problem && self.code().as_deref() == Some(code) {
            return Ok(());
        }
        Err(self.mismatch(&format!("{status} {code} as problem+json")))
    }

    /// The `code` of a problem.
    pub fn code(&self) -> Option<String> {
        let problem: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        Some(problem.get("code")?.as_str()?.to_owned())
    }

    /// The body as a `T`.
    ///
    /// # Errors
    /// `Mismatch` that shows the body.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|error| self.mismatch(&format!("the documented form ({error})")))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn mismatch(&self, expected: &str) -> Error {
        Error::Mismatch {
            what: self.what.clone(),
            expected: expected.to_owned(),
            came: format!("{} {}", self.status, self.text()),
        }
    }
}

/// The beginning of a trace, as a phone sends it: the trace id and the `traceparent` header.
pub fn traceparent() -> (String, String) {
    let trace_id = Uuid::new_v4().simple().to_string();
    let (span_id, _) = Uuid::new_v4().as_u64_pair();
    let header = format!("00-{trace_id}-{span_id:016x}-01");
    (trace_id, header)
}
