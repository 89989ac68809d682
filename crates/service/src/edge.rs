//! The edge between the Functions host and the routes: what RFC 9112 asks of a message, limits, and
//! one trace around each request.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::Instrument;
use values::Refusal;
use warp::Reply;
use warp::http::header::{CONNECTION, HOST, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use warp::http::{Request, Version, request};
use warp::reply::Response;

use crate::refusals::{BAD_REQUEST, BODY_TOO_SLOW, INVALID_BODY, UNKNOWN_TRANSFER_CODING};
use crate::service_resource::is_health;
use crate::telemetry::{self, Asked};
use crate::trace::{self, TraceContext};
use crate::{Problem, Routes, accept_language, answer_time, body, turn};

/// A client that does not finish its request's head in this time is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// A client that does not finish its request's body in this time gets a 408.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// A request that has no answer after this time, or after the longer one that it was allowed, gets
/// a 503. The front door waits longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Requests that one handler works on at once; others wait in line for [`ANSWER_TIMEOUT`]. A few
/// for each connection of the pool; more would only take memory.
const REQUESTS_AT_ONCE: usize = 256;

/// A route panicked; the panic's own message is on stderr.
#[derive(Debug, thiserror::Error)]
#[error("a route panicked")]
struct Panicked;

/// Everything between a connection and the routes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Edge(Arc<Inner>);

struct Inner {
    service: &'static str,
    routes: Routes,
    turns: Arc<Semaphore>,
}

impl Edge {
    pub(crate) fn new(service: &'static str, routes: Routes) -> Self {
        Self(Arc::new(Inner { service, routes, turns: Arc::new(Semaphore::new(REQUESTS_AT_ONCE)) }))
    }

    /// Serves one connection to its end.
    pub(crate) async fn connection(self, stream: TcpStream, watcher: Watcher) {
        // Without it an answer in two segments waits 40 ms for the host's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::warn!(%error, "cannot set TCP_NODELAY");
        }
        let traced = hyper::service::service_fn(move |request| {
            let inner = Arc::clone(&self.0);
            // On the heap: a connection should not keep room for the largest request.
            async move { Ok::<_, Infallible>(inner.traced(request).boxed().await) }
        });
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), traced);
        if let Err(error) = watcher.watch(served).await {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

impl Inner {
    async fn traced(self: Arc<Self>, request: Request<Incoming>) -> Response {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let context = header("traceparent")
            .and_then(|text| text.parse::<TraceContext>().ok())
            .map_or_else(TraceContext::root, TraceContext::child);
        let language = accept_language::wanted(request.headers());
        let asked = Asked {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            invocation_id: header("x-azure-functions-invocationid").map(str::to_owned),
        };
        let span = tracing::info_span!(
            "request",
            service = self.service,
            trace_id = context.trace_id(),
            invocation_id = asked.invocation_id,
            method = %asked.method,
            path = asked.path,
        );
        let work = async {
            let start = Instant::now();
            // A panic is answered like any failure: a broken connection would make the host repeat
            // the request, which may have had its effect.
            let answer = AssertUnwindSafe(self.answer(request)).catch_unwind();
            let response = match answer_time::within(ANSWER_TIMEOUT, answer).await {
                Some(Ok(response)) => response,
                Some(Err(_panic)) => Problem::internal(&Panicked).into_response(),
                None => Problem::try_again("There was no answer in time.").into_response(),
            };
            // The host asks for `/` over and over to see whether the process lives.
            if asked.path != "/" {
                let (status, elapsed) = (response.status().as_u16(), start.elapsed());
                tracing::info!(status, ms = elapsed.as_secs_f64() * 1000.0, "answered");
                telemetry::request_answered(context, asked, &response, elapsed);
            }
            response
        };
        let work = accept_language::within(language, work.instrument(span));
        trace::within(context, work).await
    }

    async fn answer(&self, request: Request<Incoming>) -> Response {
        let (head, body) = request.into_parts();
        if let Some(refusal) = objection(&head) {
            return refuse_and_close(refusal);
        }
        let is_api = head.uri.path().starts_with("/api/");
        let body = match timeout(BODY_TIMEOUT, body::whole(body, is_api)).await {
            Ok(Ok(body)) => body,
            Ok(Err(_broken)) => {
                let detail = "The body broke off, or is not in the form that its header says.";
                return refuse_and_close(INVALID_BODY.because(detail));
            }
            Err(_elapsed) => return refuse_and_close(BODY_TOO_SLOW),
        };
        // The host's own calls and the probes of our health wait behind no client: an instance that
        // is only busy must not look dead. The semaphore is never closed, so this only waits.
        let takes_turn = is_api && !is_health(head.uri.path());
        let turn = match takes_turn {
            true => Arc::clone(&self.turns).acquire_owned().await.ok(),
            false => None,
        };
        turn::within(turn, self.routes.answer(Request::from_parts(head, body))).await
    }
}

/// Why a message must not be acted upon, as far as its head tells.
fn objection(head: &request::Parts) -> Option<Refusal> {
    let lines = |name| head.headers.get_all(name).iter().count();
    let hosts = lines(HOST);
    // RFC 9112, section 3.2. HTTP/1.0 knows no Host.
    if hosts > 1 || (hosts == 0 && head.version == Version::HTTP_11) {
        return Some(BAD_REQUEST.because("Exactly one Host header is expected."));
    }
    // RFC 9112, section 6.1: a coding that is not undone would be read as the body.
    if !is_plainly_chunked(&head.headers) {
        return Some(UNKNOWN_TRANSFER_CODING);
    }
    None
}

fn is_plainly_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// Nobody can tell where this message ends and the next one begins, so the connection ends.
fn refuse_and_close(refusal: Refusal) -> Response {
    let mut response = Problem::from(refusal).into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
