//! Every answer that is not a success: `application/problem+json` (RFC 9457) with a stable `code`
//! and the trace id that leads support to the log lines.

use std::borrow::Cow;
use std::convert::Infallible;
use std::error::Error;

use serde::Serialize;
use utoipa::ToSchema;
use warp::http::StatusCode;
use warp::http::header::{
    ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use warp::reject::{self, Rejection};
use warp::reply::Reply;

use crate::{database, trace};

/// What a 401 asks for (RFC 6750).
const BEARER_CHALLENGE: &str = "Bearer error=\"invalid_token\"";

/// The body of every refusal and failure (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:payme:problem:<code>`
    #[serde(rename = "type")]
    kind: String,
    /// The HTTP status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was wrong, for the developer of a client.
    detail: Cow<'static, str>,
    /// Stable, never reused: what a client decides by.
    #[schema(example = "invalid-body")]
    code: &'static str,
    /// What support searches the logs for.
    trace_id: String,
}

/// A refusal or failure on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// `code` is kebab-case, stable and never reused; `detail` is for the developer of a client.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, code, detail: detail.into(), header: None }
    }

    /// 400 for a request that does not have the form it needs.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// The same with one more response header (`WWW-Authenticate`, `Retry-After`).
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    /// An opaque 500. The error and its causes go to the log, here and nowhere else.
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(causes = causes(error), "internal error");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something failed on our side.")
    }

    /// What a failed store means to the client: 503 where trying again may help, otherwise 500.
    pub fn database(error: &mysql_async::Error) -> Self {
        if !database::is_transient(error) {
            return Self::internal(error);
        }
        tracing::warn!(causes = causes(error), "the database is busy or away");
        Self::try_again("The service is busy; try again.")
    }

    /// 404 for a path that no route has.
    pub(crate) fn no_such_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no-such-route", "Nothing answers at this URL.")
    }

    /// 405, with the methods that the path does take.
    pub(crate) fn method_not_allowed(allow: HeaderValue) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "This URL does not take this method.",
        )
        .with_header(ALLOW, allow)
    }

    /// 401 for a token that is missing, wrong, expired, or of a login that has ended.
    pub fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid-token", "A valid bearer token is needed.")
    }

    /// What is wrong, for the developer of a client.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// 503, to be tried again after a second.
    pub fn try_again(detail: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "try-again", detail)
            .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
    }
}

/// An error and what caused it, for a log line. MySQL's texts can hold values of rows, so its
/// errors are named by code only.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        cause = error.source();
        texts.push(match error.downcast_ref::<mysql_async::Error>() {
            Some(mysql_async::Error::Server(server)) => {
                cause = None;
                format!("MySQL error {} ({})", server.code, server.state)
            }
            _ => error.to_string(),
        });
    }
    texts.join(": ")
}

impl reject::Reject for Problem {}

/// The `code` of a problem, kept beside the answer for telemetry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProblemCode(pub(crate) &'static str);

impl Reply for Problem {
    fn into_response(self) -> warp::reply::Response {
        if self.status.is_client_error() {
            tracing::info!(status = self.status.as_u16(), code = self.code, "refused");
        }
        let body = ProblemBody {
            kind: format!("urn:payme:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: self.detail,
            code: self.code,
            trace_id: trace::current().trace_id(),
        };
        let mut response = warp::reply::json(&body).into_response();
        *response.status_mut() = self.status;
        response.extensions_mut().insert(ProblemCode(self.code));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 wants it in every 401.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(BEARER_CHALLENGE));
        }
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

/// The problem for which a route's inputs refused the request.
pub(crate) async fn render_rejection(rejection: Rejection) -> Result<Problem, Infallible> {
    let bad_request = |code, detail: &dyn ToString| Problem::bad_request(code, detail.to_string());
    Ok(if let Some(problem) = rejection.find::<Problem>() {
        problem.clone()
    } else if rejection.is_not_found() {
        Problem::no_such_route()
    } else if let Some(error) = rejection.find::<reject::InvalidQuery>() {
        bad_request("invalid-query", error)
    } else {
        bad_request("bad-request", &"The request cannot be read.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the database failed")]
    struct Failed(#[source] mysql_async::Error);

    #[test]
    fn what_mysql_says_of_a_rows_values_is_not_logged() {
        let error = Failed(mysql_async::Error::Server(mysql_async::ServerError {
            code: 1062,
            message: "Duplicate entry '+85261234567' for key 'phone'".to_owned(),
            state: "23000".to_owned(),
        }));
        assert_eq!(causes(&error), "the database failed: MySQL error 1062 (23000)");
    }
}
