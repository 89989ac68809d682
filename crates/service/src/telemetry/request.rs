//! What telemetry sees of an answered request.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use opentelemetry::trace::SpanKind;
use warp::http::{Method, StatusCode};
use warp::reply::Response;

use crate::problem::ProblemCode;
use crate::service_resource::is_health;
use crate::telemetry::{EXPORT, Span};
use crate::trace::TraceContext;

/// The code of a problem that no route gave. Its path can be any text, so it is not exported.
const NO_SUCH_ROUTE: &str = "no-such-route";
/// Longer segments of a path are not words of ours.
const WORD_LENGTH_MAX: usize = 32;

/// Requests by method, route and class of status: their count, and their durations in seconds.
pub(super) fn duration_histogram(meter: &Meter) -> Histogram<f64> {
    meter
        .f64_histogram("http.server.request.duration")
        .with_unit("s")
        // Application Insights keeps count, sum, least and most, and no buckets.
        .with_boundaries(Vec::new())
        .build()
}

/// A request as it came.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) invocation_id: Option<String>,
}

/// Reports a request that was just answered.
///
/// A trigger or a health probe that succeeds is counted but leaves no span: there are very many,
/// and what a trigger does has spans of its own.
pub(crate) fn request_answered(
    context: TraceContext,
    asked: Asked,
    response: &Response,
    elapsed: Duration,
) {
    let Some(export) = EXPORT.get() else { return };
    let code = response.extensions().get::<ProblemCode>().map(|code| code.0);
    let is_routed = code != Some(NO_SUCH_ROUTE);
    let status = response.status();
    let mut attributes = vec![KeyValue::new("http.request.method", method(&asked.method))];
    attributes.extend(is_routed.then(|| KeyValue::new("http.route", route(&asked.path))));

    attributes.push(KeyValue::new("status_class", status_class(status)));
    export.request_duration.record(elapsed.as_secs_f64(), &attributes);
    // The span has the status itself.
    attributes.pop();
    if is_routine(&asked.path) && !status.is_server_error() {
        return;
    }

    let status_code = i64::from(status.as_u16());
    attributes.push(KeyValue::new("http.response.status_code", status_code));
    attributes.extend(is_routed.then(|| KeyValue::new("url.path", asked.path)));
    attributes.extend(code.map(|code| KeyValue::new("problem.code", code)));
    attributes.extend(asked.invocation_id.map(|id| KeyValue::new("faas.invocation_id", id)));
    export.record(Span {
        context,
        kind: SpanKind::Server,
        name: method(&asked.method).into(),
        elapsed,
        has_failed: status.is_server_error(),
        attributes,
        causes: Vec::new(),
    });
}

fn is_routine(path: &str) -> bool {
    let is_trigger = !path.starts_with("/api/");
    is_trigger || is_health(path)
}

/// A client can send any text as a method.
const fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

/// The path of a route of ours with its ids left out. Words of our paths have no digits, and every
/// id has some.
fn route(path: &str) -> String {
    let is_word = |segment: &str| {
        segment.len() <= WORD_LENGTH_MAX
            && segment.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'-' | b'_' | b'.'))
    };
    let name = |segment| if is_word(segment) || segment == "v1" { segment } else { "{id}" };
    path.split('/').map(name).collect::<Vec<&str>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_its_path_without_ids() {
        for (path, expected) in [
            ("/api/v1/wallets/me/top-ups", "/api/v1/wallets/me/top-ups"),
            ("/api/v1/payments/pay_01h455vb4pex5vsknk084sn02q", "/api/v1/payments/{id}"),
            (
                "/api/v1/qr/businesses/biz_01h455vb4pex5vsknk084sn02q.png",
                "/api/v1/qr/businesses/{id}",
            ),
            (
                "/api/v1/payment-requests/preq_01h455vb4pex5vsknk084sn02q/cancel",
                "/api/v1/payment-requests/{id}/cancel",
            ),
            ("/api/v1/users/+85261234567", "/api/v1/users/{id}"),
            ("/payments_on_user_profile", "/payments_on_user_profile"),
        ] {
            assert_eq!(route(path), expected);
        }
    }

    #[test]
    fn triggers_and_health_probes_are_routine() {
        assert!(is_routine("/payments_do_what_is_due"));
        assert!(is_routine("/api/v1/payments/health/ready"));
        assert!(!is_routine("/api/v1/payments"));
    }
}
