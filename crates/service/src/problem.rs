//! Every answer that is not a success: `application/problem+json` (RFC 9457) with a stable `code`
//! and the trace id that leads support to the log lines.

use std::convert::Infallible;
use std::error::Error;

use serde::Serialize;
use utoipa::ToSchema;
use values::{Refusal, RefusalClass};
use warp::http::StatusCode;
use warp::http::header::{
    ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE,
};
use warp::reject::{self, Rejection};
use warp::reply::Reply;

use crate::refusals::{BAD_REQUEST, INTERNAL, INVALID_QUERY, NO_SUCH_ROUTE, TRY_AGAIN};
use crate::{accept_language, database, trace};

/// The challenge to whoever has no good token.
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
    detail: String,
    /// Stable, never reused: what a client decides by. `x-problems` lists them.
    #[schema(example = "invalid-body")]
    code: &'static str,
    /// What to show the customer, in the language of `Accept-Language`: English, Traditional
    /// Chinese (`zh-Hant`, `zh-HK`) or Simplified Chinese (`zh-Hans`, `zh-CN`).
    message: &'static str,
    /// Whether the same request may succeed later, unchanged.
    retryable: bool,
    /// What is wrong with the body, by place, as far as it is known. Empty for any other problem.
    errors: Vec<FieldError>,
    /// What support searches the logs for.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    trace_id: String,
}

/// What is wrong at one place of a request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The place, as a JSON pointer (RFC 6901); empty for the whole body.
    #[schema(example = "/shop_name")]
    pub(crate) pointer: String,
    /// `missing`, `unknown-field`, or `invalid` for anything else.
    #[schema(example = "invalid")]
    pub(crate) code: &'static str,
}

/// A refusal or failure on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    refusal: Refusal,
    errors: Vec<FieldError>,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, errors: Vec::new() }
    }
}

impl Problem {
    /// The same, with the places of the body that are wrong.
    pub(crate) fn at(self, errors: Vec<FieldError>) -> Self {
        Self { errors, ..self }
    }

    /// An opaque 500. The error and its causes go to the log, here and nowhere else.
    pub fn internal(error: &(dyn Error + 'static)) -> Self {
        tracing::error!(causes = causes(error), "internal error");
        INTERNAL.into()
    }

    /// What a failed store means to the client: 503 where trying again may help, otherwise 500.
    pub fn database(error: &mysql_async::Error) -> Self {
        if !database::is_transient(error) {
            return Self::internal(error);
        }
        tracing::warn!(causes = causes(error), "the database is busy or away");
        Self::try_again("The service is busy; try again.")
    }

    /// What is wrong, for the developer of a client.
    pub fn detail(&self) -> &str {
        self.refusal.detail()
    }

    /// The places of the body that are wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// 503, to be tried again after a second.
    pub fn try_again(detail: &'static str) -> Self {
        TRY_AGAIN.because(detail).for_seconds(1).into()
    }
}

/// The HTTP status of each kind of refusal.
pub const fn status(class: RefusalClass) -> StatusCode {
    match class {
        RefusalClass::Malformed => StatusCode::BAD_REQUEST,
        RefusalClass::Unproved | RefusalClass::StepUp => StatusCode::UNAUTHORIZED,
        RefusalClass::Forbidden => StatusCode::FORBIDDEN,
        RefusalClass::NotFound | RefusalClass::NotYetKnown => StatusCode::NOT_FOUND,
        RefusalClass::NoVersion => StatusCode::PRECONDITION_REQUIRED,
        RefusalClass::Stale => StatusCode::PRECONDITION_FAILED,
        RefusalClass::Conflict | RefusalClass::InFlight => StatusCode::CONFLICT,
        RefusalClass::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalClass::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalClass::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        RefusalClass::TooSlow => StatusCode::REQUEST_TIMEOUT,
        RefusalClass::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalClass::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        RefusalClass::UnknownCoding => StatusCode::NOT_IMPLEMENTED,
        RefusalClass::Busy => StatusCode::SERVICE_UNAVAILABLE,
        RefusalClass::Failed => StatusCode::INTERNAL_SERVER_ERROR,
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
        let (refusal, status) = (&self.refusal, status(self.refusal.class()));
        if status.is_client_error() {
            tracing::info!(status = status.as_u16(), code = refusal.code(), "refused");
        }
        let language = accept_language::current();
        let body = ProblemBody {
            kind: format!("urn:payme:problem:{}", refusal.code()),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: refusal.detail().to_owned(),
            code: refusal.code(),
            message: refusal.message().in_language(language),
            retryable: refusal.class().is_retryable(),
            errors: self.errors,
            trace_id: trace::current().trace_id(),
        };
        let mut response = warp::reply::json(&body).into_response();
        *response.status_mut() = status;
        response.extensions_mut().insert(ProblemCode(refusal.code()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
        headers.insert(VARY, HeaderValue::from(ACCEPT_LANGUAGE));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 wants it in every 401.
            headers.insert(WWW_AUTHENTICATE, challenge(&self.refusal));
        }
        let soon = (refusal.class() == RefusalClass::NotYetKnown).then_some(1);
        if let Some(seconds) = refusal.retry_after_seconds().or(soon) {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What a 401 asks for: another token (RFC 6750), or a higher level of authentication (RFC 9470).
fn challenge(refusal: &Refusal) -> HeaderValue {
    let step_up = refusal.needed().map(|(level, age_max_seconds)| {
        format!(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"{}\", \
             max_age=\"{age_max_seconds}\"",
            level.acr_values()
        )
    });
    let step_up = step_up.and_then(|text| HeaderValue::from_str(&text).ok());
    step_up.unwrap_or(HeaderValue::from_static(BEARER_CHALLENGE))
}

/// The problem for which a route's inputs refused the request.
pub(crate) async fn render_rejection(rejection: Rejection) -> Result<Problem, Infallible> {
    Ok(if let Some(problem) = rejection.find::<Problem>() {
        problem.clone()
    } else if rejection.is_not_found() {
        NO_SUCH_ROUTE.into()
    } else if let Some(error) = rejection.find::<reject::InvalidQuery>() {
        INVALID_QUERY.because(error).into()
    } else {
        BAD_REQUEST.into()
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
