//! A call that has not been sent yet.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use uuid::Uuid;

/// The header by which a client names an operation.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A call that has not been sent yet.
#[derive(Debug, Clone)]
#[must_use]
pub struct Call<C = ()> {
    /// What will send it, where a call carries that.
    pub client: C,
    /// Method and path, for the person who reads of a failure.
    pub what: String,
    /// What will be sent.
    pub request: Request<String>,
}

impl Call {
    /// `method path`. A POST has an idempotency key that no other call has.
    pub fn new(method: &str, path: &str) -> Self {
        Self::of((), method, path)
    }

    /// `GET path`.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST path`.
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }
}

impl<C> Call<C> {
    /// As `new`, with the client that will send it.
    pub fn of(client: C, method: &str, path: &str) -> Self {
        let what = format!("{method} {path}");
        let request = Request::builder().method(method).uri(path).body(String::new());
        let call = Self { client, what, request: request.expect("a method and a path") };
        if method == "POST" { call.key(&Uuid::new_v4().to_string()) } else { call }
    }

    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With this idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.without(IDEMPOTENCY_KEY).header(IDEMPOTENCY_KEY, key)
    }

    /// With one more line of this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
        self.request.headers_mut().append(name, value);
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        let text = serde_json::to_string(body).expect("JSON");
        self.body("application/json", &text)
    }

    /// With a body of any kind.
    pub fn body(self, content_type: &str, text: &str) -> Self {
        let call = self.without(CONTENT_TYPE.as_str()).header(CONTENT_TYPE.as_str(), content_type);
        Self { request: call.request.map(|_| text.to_owned()), ..call }
    }
}
