//! Calling a service's routes as its clients and the Functions host do, without a socket.

use events::Envelope;
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::{Value, json};
use service::Routes;
use uuid::Uuid;
use warp::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use warp::http::{Method, Request};

use crate::invocation::{batch, invocation};

/// The header by which a client names an operation.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A call that has not been sent yet.
#[derive(Debug, Clone)]
#[must_use]
pub struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: String,
}

impl Call {
    /// `method path`. A POST has an idempotency key that no other call has.
    pub fn new(method: &str, path: &str) -> Self {
        let method: Method = method.parse().expect("a method");
        let is_post = method == Method::POST;
        let headers = HeaderMap::new();
        let call = Self { method, path: path.to_owned(), headers, body: String::new() };
        if is_post { call.key(&Uuid::new_v4().to_string()) } else { call }
    }

    /// `GET path`.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST path`.
    pub fn post(path: &str) -> Self {
        Self::new("POST", path)
    }

    /// With an access token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// With this idempotency key.
    pub fn key(self, key: &str) -> Self {
        self.without(IDEMPOTENCY_KEY.as_str()).header(IDEMPOTENCY_KEY.as_str(), key)
    }

    /// With one more line of this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
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
        Self { body: text.to_owned(), ..call }
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self, routes: &Routes) -> Answer {
        let mut request = Request::new(self.body.into());
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        let (head, body) = routes.answer(request).await.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_vec() }
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The text of a header; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON, of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// Asserts that this is a refusal with that status and code.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, code: &str) {
        let problem = self.json();
        assert_eq!((self.status, &problem["code"]), (status, &json!(code)), "{problem}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(status != 429 || self.headers.contains_key("retry-after"), "{problem}");
    }
}

/// The answer's status and JSON, null if it has none.
pub async fn call(
    routes: &Routes,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> (u16, Value) {
    let mut call = Call::new(method, path);
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if let Some(body) = body {
        call = call.json(body);
    }
    let answer = call.send(routes).await;
    assert!(answer.status != 429 || answer.headers.contains_key("retry-after"), "{path}");
    (answer.status, answer.json())
}

/// Delivers events to a trigger, in one batch that must be taken.
pub async fn deliver(routes: &Routes, function: &str, events: &[Envelope]) {
    invoke(routes, function, &invocation(events)).await;
}

/// Delivers a text that is not an event; it must be taken too.
pub async fn deliver_text(routes: &Routes, function: &str, text: &str) {
    invoke(routes, function, &batch(&[text.to_owned()])).await;
}

async fn invoke(routes: &Routes, function: &str, body: &str) {
    let call = Call::post(&format!("/{function}")).body("application/json", body);
    assert_eq!(call.send(routes).await.expect(200), json!({}), "{function}");
}
