//! Proxies one HTTP request to a handler, both bodies streaming.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::PathAndQuery;
use hyper::{Request, Response, Uri, Version};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, sleep, timeout_at};

use crate::app::App;
use crate::body::{Body, BoxError, Unsent};
use crate::execution::Execution;
use crate::request_body::{RequestBody, RequestBodyError};

/// The host version that handlers are told.
pub(crate) const HOST_VERSION: HeaderValue = HeaderValue::from_static("4.1052.200");

/// How the host names itself to handlers.
pub(crate) const USER_AGENT: HeaderValue =
    HeaderValue::from_static("Azure-Functions-Host/4.1052.200");

/// Id of the invocation, for the handler's logs.
pub(crate) const INVOCATION_ID: HeaderName =
    HeaderName::from_static("x-azure-functions-invocationid");

/// Version of the host.
pub(crate) const VERSION_HEADER: HeaderName =
    HeaderName::from_static("x-azure-functions-hostversion");

const MS_INVOCATION_ID: HeaderName = HeaderName::from_static("x-ms-invocation-id");

const CONNECT_ATTEMPTS: u32 = 10;
const FIRST_CONNECT_DELAY: Duration = Duration::from_millis(50);
const LONGEST_CONNECT_DELAY: Duration = Duration::from_millis(250);

/// A handler that is silent for so long, before or within its answer, is given up.
const ACTIVITY_TIMEOUT: Duration = Duration::from_secs(240);

const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Why a handler gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandlerError {
    /// The client's body is at fault.
    #[error(transparent)]
    RequestBody(#[from] RequestBodyError),
    /// Nothing came back for too long.
    #[error("the handler was silent for {ACTIVITY_TIMEOUT:?}")]
    Silent,
    /// The function ran into `functionTimeout`.
    #[error("the function ran into its functionTimeout, so its handler is started anew")]
    Late,
    /// The connection could not be made, or broke.
    #[error("the connection to the handler failed: {}", innermost(.0))]
    Connection(#[from] legacy::Error),
    /// A body in chunks, which .NET's client would send without the header that says so.
    #[error(
        "a body without Content-Length cannot be forwarded: enableProxyingHttpRequest passes it on"
    )]
    Chunked,
    /// The answer, which is read whole, broke off or is over the limit.
    #[error("the answer broke off: {0}")]
    Broken(BoxError),
    /// The request cannot be written as HTTP.
    #[error("the request cannot be forwarded: {0}")]
    Request(#[from] hyper::http::Error),
}

/// Keeps connections to handlers open between requests.
#[derive(Clone)]
pub(crate) struct HandlerClient(legacy::Client<HttpConnector, Unsent>);

impl HandlerClient {
    /// A client without connections yet.
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self(legacy::Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Sends a request to the handler at `port`; a failure to connect is tried again, nothing else
    /// is: the handler may have acted on what it received.
    pub(crate) async fn send(
        &self,
        port: u16,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, HandlerError> {
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().cloned();
        parts.uri = Uri::builder()
            .scheme("http")
            .authority(format!("127.0.0.1:{port}"))
            .path_and_query(target.unwrap_or_else(|| PathAndQuery::from_static("/")))
            .build()?;
        parts.version = Version::HTTP_11;
        let body = Unsent::new(body);
        let mut delay = FIRST_CONNECT_DELAY;
        for _ in 1..CONNECT_ATTEMPTS {
            let request = Request::from_parts(parts.clone(), body.clone());
            match self.0.request(request).await {
                Err(error) if error.is_connect() => {}
                result => return result.map_err(classify),
            }
            sleep(delay).await;
            delay = delay.saturating_mul(2).min(LONGEST_CONNECT_DELAY);
        }
        self.0.request(Request::from_parts(parts, body)).await.map_err(classify)
    }
}

fn classify(error: legacy::Error) -> HandlerError {
    match innermost(&error).downcast_ref::<RequestBodyError>() {
        Some(fault) => HandlerError::RequestBody(*fault),
        None => HandlerError::Connection(error),
    }
}

/// What lies under an error that says no more than in which step it came up.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    error.source().map_or(error, innermost)
}

/// Passes a request on to the app's handler at `port`, path and query as they were sent. Answer and
/// body together may take `functionTimeout`, as an invocation may: then the handler, with all else
/// that it does, is started anew. The execution ends with the answer's body.
pub(crate) async fn forward(
    client: &HandlerClient,
    (app, port): (&Arc<App>, u16),
    (invocation_id, mut execution): (&str, Option<Execution>),
    request: Request<Incoming>,
) -> Result<Response<Body>, HandlerError> {
    let mut request = request.map(|body| RequestBody::new(body).boxed_unsync());
    let headers = request.headers_mut();
    remove_hop_by_hop(headers);
    let id = HeaderValue::from_str(invocation_id).map_err(hyper::http::Error::from)?;
    headers.insert(VERSION_HEADER, HOST_VERSION);
    headers.insert(INVOCATION_ID, id.clone());
    headers.insert(MS_INVOCATION_ID, id);
    let end = app.host.function_timeout.and_then(|limit| Instant::now().checked_add(limit));
    let answer = in_time(app, end, silence(), client.send(port, request)).await.flatten();
    let mut response = answer.inspect_err(|_| {
        execution.as_mut().map(Execution::fail);
    })?;
    remove_hop_by_hop(response.headers_mut());
    let app = Arc::clone(app);
    Ok(response.map(|body| in_time_all(app, execution, end, body)))
}

/// Takes away what concerns a single connection.
pub(crate) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn silence() -> Option<Instant> {
    Instant::now().checked_add(ACTIVITY_TIMEOUT)
}

/// What the handler does next, if it is neither silent for too long nor at its end.
pub(crate) async fn in_time<T>(
    app: &App,
    end: Option<Instant>,
    silent: Option<Instant>,
    next: impl Future<Output = T>,
) -> Result<T, HandlerError> {
    let Some(first) = end.into_iter().chain(silent).min() else { return Ok(next.await) };
    match timeout_at(first, next).await {
        Ok(next) => Ok(next),
        Err(_) if end == Some(first) => {
            app.request_restart();
            Err(HandlerError::Late)
        }
        Err(_) => Err(HandlerError::Silent),
    }
}

/// The handler's body, broken off when it is not in time.
fn in_time_all(
    app: Arc<App>,
    execution: Option<Execution>,
    end: Option<Instant>,
    body: Incoming,
) -> Body {
    let begin = (app, execution, body);
    let frames = stream::unfold(begin, move |(app, mut execution, mut body)| async move {
        let next: Result<Frame<_>, BoxError> =
            match in_time(&app, end, silence(), body.frame()).await {
                Ok(frame) => frame?.map_err(BoxError::from),
                Err(late) => {
                    tracing::error!(app = app.name, error = %late, "answer broken off");
                    Err(late.into())
                }
            };
        if next.is_err() {
            execution.as_mut().map(Execution::fail);
        }
        Some((next, (app, execution, body)))
    });
    StreamBody::new(frames).boxed_unsync()
}
