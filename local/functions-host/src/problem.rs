//! Answers that the host itself gives when there is nothing to pass on: the same problem+json as
//! the services' own.

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;
use uuid::Uuid;

use crate::body::{Body, whole};
use crate::request_body::RequestBodyError;

/// What a caller without a key is asked for.
const KEY_CHALLENGE: HeaderValue = HeaderValue::from_static("FunctionKey realm=\"functions\"");

/// One kind of refusal or failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: &'static str,
}

impl Problem {
    /// No function and no file answers this path and method.
    pub(crate) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "no-such-route", "No function answers this route.");
    /// The key is missing or wrong.
    pub(crate) const UNAUTHORIZED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "key-required", "A valid function key is required.");
    /// The body is over the limit.
    pub(crate) const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is over 100 MB.");
    /// The address is over the limit.
    pub(crate) const ADDRESS_TOO_LONG: Self =
        Self::new(StatusCode::URI_TOO_LONG, "address-too-long", "The address is too long.");
    /// There is not exactly one host name.
    pub(crate) const BAD_HOST: Self =
        Self::new(StatusCode::BAD_REQUEST, "invalid-host", "Send one Host header, with a name.");
    /// The body is in a form that only its sender understands.
    pub(crate) const UNKNOWN_CODING: Self = Self::new(
        StatusCode::NOT_IMPLEMENTED,
        "unknown-transfer-coding",
        "The only transfer coding understood here is chunked.",
    );
    /// The body broke off.
    const BAD_BODY: Self =
        Self::new(StatusCode::BAD_REQUEST, "body-broken", "The body could not be read.");
    /// The body trickles.
    const SLOW_BODY: Self =
        Self::new(StatusCode::REQUEST_TIMEOUT, "body-too-slow", "The body took too long.");
    /// The function failed.
    pub(crate) const FAILED: Self =
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "invocation-failed", "The function failed.");
    /// The handler is not up.
    pub(crate) const NOT_READY: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "app-not-ready", "The app is not ready yet.");

    const fn new(status: StatusCode, code: &'static str, detail: &'static str) -> Self {
        Self { status, code, detail }
    }

    /// The answer to the caller; its log line, like all of the request's, bears the trace id.
    pub(crate) fn response(self, trace_id: &str) -> Response<Body> {
        tracing::info!(status = self.status.as_u16(), code = self.code, "answered by the host");
        let body = json!({
            "type": format!("urn:payme:problem:{}", self.code),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "trace_id": trace_id,
        });
        let mut response = Response::new(whole(body.to_string()));
        *response.status_mut() = self.status;
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if self == Self::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, KEY_CHALLENGE);
        }
        response
    }
}

impl From<RequestBodyError> for Problem {
    fn from(error: RequestBodyError) -> Self {
        match error {
            RequestBodyError::TooLarge => Self::TOO_LARGE,
            RequestBodyError::TooSlow => Self::SLOW_BODY,
            RequestBodyError::Broken => Self::BAD_BODY,
        }
    }
}

/// The trace that a request belongs to by its `traceparent`, or a new one.
pub(crate) fn trace_id(headers: &HeaderMap) -> String {
    let sent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    let sent = sent.and_then(|value| value.split('-').nth(1)).filter(|id| {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        id.len() == 32 && id.bytes().all(is_hex) && id.bytes().any(|byte| byte != b'0')
    });
    sent.map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_owned)
}
