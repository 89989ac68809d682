//! The process: logs, migrations, and the port that the Functions host gives.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use refinery::Runner;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use crate::database::{self, Database, MigrationError};
use crate::edge::Edge;
use crate::telemetry::{self, FailureLogs};
use crate::{ConfigError, Routes, causes, required_var};

/// How long requests may go on after SIGTERM.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Tells the host to start the process again. After 0 it never does.
const EXIT_RESTART: u8 = 200;
/// How long to wait before accepting again when the process is out of sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a URL is called that has just been migrated, and so is one.
const MIGRATED: &str = "the database's URL";

/// Why a handler could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There are no threads to run on.
    #[error("the runtime cannot be started")]
    Runtime(#[source] std::io::Error),
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The port cannot be listened on.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The schema cannot be brought to its newest version.
    #[error(transparent)]
    Migrate(#[from] MigrationError),
    /// What the program brings with it cannot be written into the schema.
    #[error("cannot publish")]
    Publish(#[source] mysql_async::Error),
}

/// How a handler's process ended.
enum Ended {
    /// `handler migrate` did its work.
    Migrated,
    /// The platform asked it to stop.
    Terminated,
}

/// JSON lines on stdout, at the level that `RUST_LOG` says (info if it says nothing). Warnings and
/// errors are also exported once the export is on.
fn init_logs() {
    let level = std::env::var("RUST_LOG").unwrap_or_else(|_| "info".to_owned());
    // OpenTelemetry would log a failure at each export; `telemetry` does so once a minute. What
    // checks passkeys would log clients' mistakes as errors of ours.
    let filter = EnvFilter::new(format!("{level},opentelemetry=off,webauthn_rs=off"));
    let lines = fmt::layer().json().flatten_event(true);
    let lines = lines.with_current_span(true).with_span_list(false);
    tracing_subscriber::registry().with(filter).with(lines).with(FailureLogs).init();
}

/// The whole life of a handler's process: `handler` serves, `handler migrate` migrates its schema
/// and ends. `mysql_url` finds the schema's URL among the settings; `start` makes the routes.
pub fn run<C>(
    service: &'static str,
    settings: Result<C, ConfigError>,
    mysql_url: impl FnOnce(&C) -> &str,
    migrations: Runner,
    start: impl FnOnce(C) -> Result<Routes, ConfigError>,
) -> ExitCode {
    run_and_publish(service, settings, mysql_url, migrations, async |_| Ok(()), start)
}

/// The same for a program that brings content with it: once the schema is migrated, `publish`
/// writes that into it, as the same user.
pub fn run_and_publish<C>(
    service: &'static str,
    settings: Result<C, ConfigError>,
    mysql_url: impl FnOnce(&C) -> &str,
    migrations: Runner,
    publish: impl AsyncFnOnce(&Database) -> Result<(), mysql_async::Error>,
    start: impl FnOnce(C) -> Result<Routes, ConfigError>,
) -> ExitCode {
    init_logs();
    let outcome = tokio::runtime::Runtime::new().map_err(StartError::Runtime).and_then(|runtime| {
        runtime.block_on(async {
            let settings = settings?;
            if std::env::args().nth(1).as_deref() == Some("migrate") {
                let url = mysql_url(&settings);
                database::migrate(url, migrations).await?;
                let database = database::connect(MIGRATED, url)?;
                publish(&database).await.map_err(StartError::Publish)?;
                return Ok(Ended::Migrated);
            }
            serve(service, start(settings)?).await
        })
    });
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
async fn serve(service: &'static str, routes: Routes) -> Result<Ended, StartError> {
    const PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
    let port = required_var(PORT)?;
    let port = port.parse().map_err(|_| ConfigError::Invalid(PORT, "a port is expected"))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    telemetry::start(service)?;
    let fail = |error| StartError::Listen(address, error);
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    tracing::info!(service, %address, "serving");
    let terminated = async move {
        terminate.recv().await;
    };
    serve_on(listener, service, routes, terminated).await;
    telemetry::flush().await;
    Ok(Ended::Terminated)
}

/// Serves a listener until `end`; requests that are under way then get [`DRAIN_TIMEOUT`].
pub async fn serve_on(
    listener: TcpListener,
    service: &'static str,
    routes: Routes,
    end: impl Future<Output = ()>,
) {
    let mut end = pin!(end);
    let graceful = GracefulShutdown::new();
    let edge = Edge::new(service, routes);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(edge.clone().connection(stream, graceful.watcher()));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            () = &mut end => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
}
