//! The sender's side, as Application Insights' ingestion speaks it, and the reader's.

use std::io::Read;
use std::sync::Arc;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value, json};
use warp::http::{HeaderMap, StatusCode};
use warp::hyper::body::Bytes;
use warp::reply::{Response, WithStatus};
use warp::{Filter, Rejection, Reply, reply};

use crate::telemetry::{Item, Telemetry};
use crate::{breeze, page, trace};

/// A body as sent, and as unpacked.
const BODY_BYTES_MAX: u64 = 4 * 1024 * 1024;
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How many traces are listed.
const TRACES_MAX: usize = 200;

#[derive(Debug, Deserialize)]
struct FindQuery {
    find: Option<String>,
}

/// All routes.
pub(crate) fn all(
    telemetry: Arc<Telemetry>,
) -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone {
    let telemetry = warp::any().map(move || Arc::clone(&telemetry));
    let version = warp::path("v2").or(warp::path("v2.1")).unify();
    let track = version
        .and(warp::path!("track"))
        .and(warp::post())
        .and(warp::header::optional("content-encoding"))
        .and(warp::body::content_length_limit(BODY_BYTES_MAX))
        .and(warp::body::bytes())
        .and(telemetry.clone())
        .map(answer_track);
    let items = warp::path!("items").and(warp::get()).and(telemetry.clone()).map(items);
    let list = warp::path!("traces").and(warp::get()).and(telemetry.clone()).map(list);
    let find = warp::path!("traces" / String).and(warp::get()).and(telemetry.clone()).map(find);
    let page = warp::get().and(warp::header::headers_cloned());
    let list_page =
        warp::path::end().and(page).and(warp::query()).and(telemetry.clone()).map(list_page);
    let trace_page = warp::path!("waterfalls" / String).and(page).and(telemetry).map(trace_page);
    track.or(items).or(list).or(find).or(list_page).or(trace_page)
}

/// `GET /items`: all that was said, for programs that look through it.
fn items(telemetry: Arc<Telemetry>) -> impl Reply {
    reply::json(&telemetry.all())
}

/// `GET /traces`
fn list(telemetry: Arc<Telemetry>) -> impl Reply {
    let mut traces = trace::list(&telemetry.all());
    traces.truncate(TRACES_MAX);
    reply::json(&traces)
}

/// `GET /traces/{trace_id}`
fn find(trace_id: String, telemetry: Arc<Telemetry>) -> Response {
    let Some(trace) = trace::find(&telemetry.all(), &trace_id) else {
        let body = reply::json(&json!({ "error": "nothing is known of this trace" }));
        return reply::with_status(body, StatusCode::NOT_FOUND).into_response();
    };
    reply::json(&trace).into_response()
}

/// `GET /?find=…`
fn list_page(headers: HeaderMap, query: FindQuery, telemetry: Arc<Telemetry>) -> impl Reply {
    let wanted = query.find.unwrap_or_default();
    let page = page::list(&trace::list(&telemetry.all()), wanted.trim());
    platform_page::answer(&headers, StatusCode::OK, page)
}

/// `GET /waterfalls/{trace_id}`
fn trace_page(trace_id: String, headers: HeaderMap, telemetry: Arc<Telemetry>) -> impl Reply {
    let (html, status) = match trace::find(&telemetry.all(), &trace_id) {
        Some(trace) => (page::trace(&trace), StatusCode::OK),
        None => (page::unknown(), StatusCode::NOT_FOUND),
    };
    platform_page::answer(&headers, status, html)
}

/// `POST /v2/track`, `POST /v2.1/track`: 200 if every item was taken, 206 if some were, 400 if
/// none was.
fn answer_track(
    encoding: Option<String>,
    body: Bytes,
    telemetry: Arc<Telemetry>,
) -> WithStatus<reply::Json> {
    let documents = match unpack(encoding.as_deref(), &body).map(|body| breeze::documents(&body)) {
        Some(Ok(documents)) => documents,
        Some(Err(error)) => return refusal(&error.to_string()),
        None => return refusal("the body cannot be unpacked, or is too long"),
    };
    let received = documents.len();
    let mut items: Vec<Item> = Vec::new();
    let mut errors: Vec<Value> = Vec::new();
    for (index, document) in documents.into_iter().enumerate() {
        match breeze::item(document) {
            Ok(item) => items.extend(item),
            Err(message) => {
                errors.push(json!({ "index": index, "statusCode": 400, "message": message }));
            }
        }
    }
    telemetry.take(items);
    let accepted = received.saturating_sub(errors.len());
    let status = match (accepted, errors.len()) {
        (_, 0) => StatusCode::OK,
        (0, _) => StatusCode::BAD_REQUEST,
        _ => StatusCode::PARTIAL_CONTENT,
    };
    let body = json!({ "itemsReceived": received, "itemsAccepted": accepted, "errors": errors });
    reply::with_status(reply::json(&body), status)
}

fn refusal(message: &str) -> WithStatus<reply::Json> {
    let errors = json!([{ "index": 0, "statusCode": 400, "message": message }]);
    let body = json!({ "itemsReceived": 0, "itemsAccepted": 0, "errors": errors });
    reply::with_status(reply::json(&body), StatusCode::BAD_REQUEST)
}

/// `None` if it is no gzip though it is said to be, or too long.
fn unpack(encoding: Option<&str>, body: &[u8]) -> Option<Vec<u8>> {
    if encoding != Some("gzip") {
        return Some(body.to_vec());
    }
    let mut unpacked = Vec::new();
    let length = GzDecoder::new(body).take(UNPACKED_BYTES_MAX).read_to_end(&mut unpacked).ok()?;
    (u64::try_from(length).ok()? < UNPACKED_BYTES_MAX).then_some(unpacked)
}

#[cfg(test)]
mod tests;
