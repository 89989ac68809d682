//! Answers that the host gives itself: the same problem+json as the services' own.

use std::borrow::Cow;

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;
use values::{CustomerMessage, Language, RefusalClass};

use crate::body::{Body, whole};
use crate::request_body::RequestBodyError;

/// What a caller without a key is asked for.
const KEY_CHALLENGE: HeaderValue = HeaderValue::from_static("FunctionKey realm=\"functions\"");
/// What a caller without a token is asked for, as the services do.
const TOKEN_CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");
/// The `Retry-After` of a refusal that time mends, as of most that services give.
const RETRY_AFTER_SECONDS: u32 = 1;

/// One kind of refusal or failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: Cow<'static, str>,
    pub(crate) message: CustomerMessage,
    pub(crate) retryable: bool,
}

impl Problem {
    /// No function and no file answers this path and method.
    pub(crate) const NOT_FOUND: Self = Self::saying(
        CustomerMessage {
            en: "We cannot find this. Please update the app and try again.",
            zh_hant: "找不到相關內容，請更新應用程式後再試。",
            zh_hans: "找不到相关内容，请更新应用后重试。",
        },
        StatusCode::NOT_FOUND,
        RefusalClass::NotFound,
        "no-such-route",
        "No function answers this route.",
    );
    /// The key is missing or wrong.
    pub(crate) const UNAUTHORIZED: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        RefusalClass::Forbidden,
        "key-required",
        "A valid function key is required.",
    );
    /// The body is over the limit.
    pub(crate) const TOO_LARGE: Self = Self::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        RefusalClass::TooLarge,
        "body-too-large",
        "The body is over 100 MB.",
    );
    /// The address is over the limit.
    pub(crate) const ADDRESS_TOO_LONG: Self = Self::new(
        StatusCode::URI_TOO_LONG,
        RefusalClass::TooLarge,
        "address-too-long",
        "The address is too long.",
    );
    /// There is not exactly one host name.
    pub(crate) const BAD_HOST: Self = Self::new(
        StatusCode::BAD_REQUEST,
        RefusalClass::Malformed,
        "invalid-host",
        "Send one Host header, with a name.",
    );
    /// The body is in a form that only its sender understands.
    pub(crate) const UNKNOWN_CODING: Self = Self::new(
        StatusCode::NOT_IMPLEMENTED,
        RefusalClass::UnknownCoding,
        "unknown-transfer-coding",
        "The only transfer coding understood here is chunked.",
    );
    /// A refusal is asked for that no service gives.
    pub(crate) const UNKNOWN_REFUSAL: Self = Self::new(
        StatusCode::BAD_REQUEST,
        RefusalClass::Malformed,
        "test-refusal-unknown",
        "Send one Test-Refusal header, with a code of docs/errors.json.",
    );
    /// The body broke off.
    const BAD_BODY: Self = Self::new(
        StatusCode::BAD_REQUEST,
        RefusalClass::Malformed,
        "body-broken",
        "The body could not be read.",
    );
    /// Event Grid's webhook gets something else.
    pub(crate) const NOT_EVENTS: Self = Self::new(
        StatusCode::BAD_REQUEST,
        RefusalClass::Malformed,
        "not-events",
        "The body is not JSON of events.",
    );
    /// The body trickles.
    pub(crate) const SLOW_BODY: Self = Self::new(
        StatusCode::REQUEST_TIMEOUT,
        RefusalClass::TooSlow,
        "body-too-slow",
        "The body took too long.",
    );
    /// The function failed.
    pub(crate) const FAILED: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        RefusalClass::Failed,
        "invocation-failed",
        "The function failed.",
    );
    /// The handler is not up.
    pub(crate) const NOT_READY: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        RefusalClass::Busy,
        "app-not-ready",
        "The app is not ready yet.",
    );

    /// The customer reads what services say of a refusal of this class.
    const fn new(
        status: StatusCode,
        class: RefusalClass,
        code: &'static str,
        detail: &'static str,
    ) -> Self {
        Self::saying(class.message(), status, class, code, detail)
    }

    const fn saying(
        message: CustomerMessage,
        status: StatusCode,
        class: RefusalClass,
        code: &'static str,
        detail: &'static str,
    ) -> Self {
        let detail = Cow::Borrowed(detail);
        Self { status, code, detail, message, retryable: class.is_retryable() }
    }

    /// The same, with a sentence that says more about this case.
    pub(crate) fn because(self, detail: String) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// The answer to the caller; its log line, like all of the request's, bears the trace id.
    pub(crate) fn response(self, trace_id: &str, language: Language) -> Response<Body> {
        tracing::info!(status = self.status.as_u16(), code = self.code, "answered by the host");
        let body = json!({
            "type": format!("urn:payme:problem:{}", self.code),
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "message": self.message.in_language(language),
            "retryable": self.retryable,
            "errors": [],
            "trace_id": trace_id,
        });
        let mut response = Response::new(whole(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let json = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
        headers.insert(header::VARY, header::ACCEPT_LANGUAGE.into());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            let is_key = self.code == Self::UNAUTHORIZED.code;
            let challenge = if is_key { KEY_CHALLENGE } else { TOKEN_CHALLENGE };
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        // A body that came too slowly may be sent again at once.
        if self.retryable && self.status != StatusCode::REQUEST_TIMEOUT {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
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

/// The language in which the customer reads the answer.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter();
    Language::wanted(lines.filter_map(|line| line.to_str().ok()))
}
