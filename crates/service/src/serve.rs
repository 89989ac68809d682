//! The process: logs, the port that the Functions host gives, and one trace around each request.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};
use warp::{Filter, Reply};

use crate::telemetry::{self, Asked, FailureLogs};
use crate::trace::{self, TraceContext};
use crate::{ConfigError, Problem, answer_time, body, causes, required_var};

/// A client that does not finish its request's head in this time is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// A request that has no answer after this time, or after what it was allowed instead, gets a 503.
/// The front door waits longer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests may go on after SIGTERM.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How the host reads it: ended on purpose, start again. It never restarts an exit code of 0.
const EXIT_RESTART: u8 = 200;
/// How long to wait before accepting again when the process is out of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Why a handler could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The port cannot be listened on.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// MySQL cannot be reached.
    #[error("cannot reach the database")]
    Database(#[source] mysql_async::Error),
    /// A migration failed.
    #[error("a migration failed")]
    Migration(#[source] refinery::Error),
}

/// A route panicked; the panic's own message is on stderr.
#[derive(Debug, thiserror::Error)]
#[error("a route panicked")]
struct Panicked;

/// How a handler's process came to its end.
pub enum Ended {
    /// `handler migrate` did its work.
    Migrated,
    /// The platform asked it to stop.
    Terminated,
}

/// Hands a route a clone of what it works with.
pub fn with<T: Clone + Send>(
    value: &T,
) -> impl Filter<Extract = (T,), Error = Infallible> + Clone + use<T> {
    let value = value.clone();
    warp::any().map(move || value.clone())
}

/// JSON lines on stdout, at the level that `RUST_LOG` says (info if it says nothing). Warnings and
/// errors are also exported once the export is on.
pub fn init_logs() {
    let level = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    // Of its failures OpenTelemetry would tell at each export; `telemetry` does it once a minute.
    let filter = EnvFilter::new(format!("{level},opentelemetry=off"));
    let lines = fmt::layer().json().flatten_event(true);
    let lines = lines.with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(filter).with(lines).with(FailureLogs).init();
}

/// Whether this process was started as `handler migrate`: to migrate its schema and end.
pub fn is_migration() -> bool {
    std::env::args().nth(1).as_deref() == Some("migrate")
}

/// What the process ends with: a failure is logged, with its causes.
pub fn exit_code(outcome: Result<Ended, StartError>) -> ExitCode {
    match outcome {
        Ok(Ended::Migrated) => ExitCode::SUCCESS,
        Ok(Ended::Terminated) => ExitCode::from(EXIT_RESTART),
        Err(error) => {
            tracing::error!(causes = causes(&error), "cannot start");
            ExitCode::FAILURE
        }
    }
}

/// Serves until SIGTERM on the port that the host gives in `FUNCTIONS_CUSTOMHANDLER_PORT`.
pub async fn serve<F>(service: &'static str, routes: F) -> Result<Ended, StartError>
where
    F: Filter<Error = Infallible> + Clone + Send + Sync + 'static,
    F::Extract: Reply,
    F::Future: Send,
{
    const PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
    let port = required_var(PORT)?;
    let port = port.parse().map_err(|_| ConfigError::Invalid(PORT, "a port is expected"))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    telemetry::start(service)?;
    let fail = |error| StartError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    let graceful = GracefulShutdown::new();
    tracing::info!(service, %address, "serving");
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(connection(service, stream, routes.clone(), graceful.watcher()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            _ = terminate.recv() => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
    telemetry::flush().await;
    Ok(Ended::Terminated)
}

async fn connection<F>(service: &'static str, stream: TcpStream, routes: F, watcher: Watcher)
where
    F: Filter<Error = Infallible> + Clone + Send + Sync + 'static,
    F::Extract: Reply,
    F::Future: Send,
{
    // Without it an answer in two segments waits 40 ms for the host's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::warn!(%error, "cannot set TCP_NODELAY");
    }
    let routes = TowerToHyperService::new(warp::service(routes));
    let traced =
        hyper::service::service_fn(move |request| traced(service, routes.clone(), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), traced);
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn traced<S>(
    service: &'static str,
    routes: S,
    request: hyper::Request<Incoming>,
) -> Result<warp::reply::Response, Infallible>
where
    S: hyper::service::Service<
            hyper::Request<Full<Bytes>>,
            Response = warp::reply::Response,
            Error = Infallible,
        >,
{
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let context = header("traceparent")
        .and_then(|text| text.parse::<TraceContext>().ok())
        .map_or_else(TraceContext::root, TraceContext::child);
    let asked = Asked {
        method: request.method().clone(),
        path: request.uri().path().to_owned(),
        invocation_id: header("x-azure-functions-invocationid").map(str::to_owned),
    };
    let span = tracing::info_span!(
        "request",
        service,
        trace_id = context.trace_id(),
        invocation_id = asked.invocation_id,
        method = %asked.method,
        path = asked.path,
    );
    let work = async {
        let start = Instant::now();
        // A panic is answered like any failure: a broken connection would make the host repeat
        // the request, which may have had its effect.
        let answer = AssertUnwindSafe(async {
            let (head, body) = request.into_parts();
            match body::whole(body, asked.path.starts_with("/api/")).await {
                Ok(body) => routes.call(hyper::Request::from_parts(head, Full::new(body))).await,
                Err(_) => {
                    Ok(Problem::bad_request("invalid-body", "The body broke off.").into_response())
                }
            }
        });
        let answer = answer.catch_unwind();
        let response = match answer_time::within(ANSWER_TIMEOUT, answer).await {
            Some(Ok(Ok(response))) => response,
            Some(Ok(Err(never))) => match never {},
            Some(Err(_panic)) => Problem::internal(&Panicked).into_response(),
            None => Problem::try_again("There was no answer in time.").into_response(),
        };
        // The host asks for `/` over and over to see whether the process lives.
        if asked.path != "/" {
            let (status, elapsed) = (response.status().as_u16(), start.elapsed());
            tracing::info!(status, ms = elapsed.as_secs_f64() * 1000.0, "answered");
            telemetry::request_answered(context, asked, &response, elapsed);
        }
        Ok(response)
    };
    trace::within(context, work.instrument(span)).await
}
