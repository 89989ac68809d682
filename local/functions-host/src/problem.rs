//! Answers that the host itself gives when there is nothing to pass on, as problem+json.

use hyper::{Response, StatusCode, header};
use serde_json::json;

use crate::body::{Body, whole};

/// One kind of refusal or failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
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
    /// The body broke off.
    pub(crate) const BAD_BODY: Self =
        Self::new(StatusCode::BAD_REQUEST, "body-broken", "The body could not be read.");
    /// The function failed.
    pub(crate) const FAILED: Self =
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "invocation-failed", "The function failed.");
    /// The handler is not up.
    pub(crate) const NOT_READY: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "app-not-ready", "The app is not ready yet.");

    const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title }
    }

    /// The answer to the caller.
    pub(crate) fn response(self) -> Response<Body> {
        let body = json!({
            "type": "about:blank",
            "status": self.status.as_u16(),
            "code": self.code,
            "title": self.title,
        });
        let mut response = Response::new(whole(body.to_string()));
        *response.status_mut() = self.status;
        let json = header::HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}
