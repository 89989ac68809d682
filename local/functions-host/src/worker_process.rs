//! The handler process of one app: start, readiness, exit codes, restarts.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::app::{App, Phase};
use crate::body::{Body, BoxError};
use crate::handler_log::{HandlerLog, Output};
use crate::state_dir::{StateDir, write_atomically};

const READINESS_POLL: Duration = Duration::from_millis(25);
const MAX_ERRORS: u32 = 3;
const ERROR_MEMORY: Duration = Duration::from_secs(30 * 60);
const RESTART_EXIT_CODE: i32 = 200;

/// Why a handler process came to its end.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("{0}")]
    Exited(ExitStatus),
    #[error("it could not be started: {0}")]
    NotStarted(io::Error),
    #[error("it did not answer HTTP within its initialization time-out")]
    NotReady,
    #[error("its restart was requested")]
    RestartRequested,
}

/// Runs the handler and restarts it by the host's rules until they say stop: after the third error
/// within half an hour. A handler that exits with 0 is never started again. It is told the name of
/// the `site` that it answers for.
///
/// Call it on a thread that lives as long as the process: the kernel kills the handler when the
/// thread that started it ends.
pub(crate) async fn supervise(app: &App, port: u16, site: &str, state: &StateDir) {
    let mut errors = 0_u32;
    let mut last_error: Option<Instant> = None;
    loop {
        let end = run_once(app, port, site, state).await.unwrap_or_else(End::NotStarted);
        app.set_handler(|handler| handler.pid = None);
        match &end {
            End::Exited(status) if status.success() => {
                tracing::error!(app = app.name, "handler exited with 0 and stays down");
                app.set_handler(|handler| handler.phase = Phase::Exited);
                return std::future::pending().await;
            }
            End::Exited(status) if status.code() == Some(RESTART_EXIT_CODE) => {
                tracing::info!(app = app.name, "handler asked for a restart");
            }
            End::RestartRequested => {
                tracing::warn!(app = app.name, "handler killed to be restarted");
            }
            End::Exited(_) | End::NotStarted(_) | End::NotReady => {
                if last_error.is_some_and(|last| last.elapsed() > ERROR_MEMORY) {
                    errors = 0;
                }
                last_error = Some(Instant::now());
                errors = errors.saturating_add(1);
                tracing::error!(app = app.name, %end, errors, "handler failed");
            }
        }
        if errors >= MAX_ERRORS {
            return;
        }
        app.set_handler(|handler| handler.phase = Phase::Starting);
    }
}

async fn run_once(app: &App, port: u16, site: &str, state: &StateDir) -> io::Result<End> {
    let mut child = spawn(app, port, site, state)?;
    app.set_handler(|handler| {
        handler.port = port;
        handler.pid = child.id();
        handler.starts = handler.starts.saturating_add(1);
    });
    let limit = app.host.handler.initialization_timeout;
    tokio::select! {
        status = child.wait() => return Ok(End::Exited(status?)),
        ready = timeout(limit, answers_http(port)) => {
            if ready.is_err() {
                return kill(child, End::NotReady).await;
            }
        }
    }
    tracing::info!(app = app.name, pid = child.id(), port, "handler is ready");
    app.set_handler(|handler| handler.phase = Phase::Ready);
    tokio::select! {
        status = child.wait() => Ok(End::Exited(status?)),
        () = app.until(Phase::Starting) => kill(child, End::RestartRequested).await,
    }
}

async fn kill(mut child: Child, end: End) -> io::Result<End> {
    child.kill().await?;
    Ok(end)
}

fn spawn(app: &App, port: u16, site: &str, state: &StateDir) -> io::Result<Child> {
    let handler = &app.host.handler;
    let worker_id = Uuid::new_v4().to_string();
    let port = port.to_string();
    // setpriv replaces itself by the handler, so that the process id is the handler's. Its own
    // process group keeps a Ctrl-C from it: handlers get no signal but SIGKILL.
    let mut child = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--"])
        .arg(&handler.executable)
        .args(&handler.arguments)
        .current_dir(&handler.working_directory)
        .env_clear()
        .envs(app.settings.environment())
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", &port)
        .env("FUNCTIONS_HTTPWORKER_PORT", &port)
        .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", &worker_id)
        .env("FUNCTIONS_HTTPWORKER_ID", &worker_id)
        .env("FUNCTIONS_APP_ROOT_PATH", &app.root)
        .env("AZURE_FUNCTIONS_ENVIRONMENT", "Development")
        .env("WEBSITE_HOSTNAME", site)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let log = HandlerLog::open(&state.handler_log(&app.name))?;
    if let Some(stdout) = child.stdout.take() {
        tokio::spawn(log.clone().copy(Output::Standard, stdout));
    }
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(log.copy(Output::Error, stderr));
    }
    if let Some(pid) = child.id() {
        write_atomically(&state.handler_pid(&app.name), pid.to_string().as_bytes())?;
    }
    Ok(child)
}

/// Polls `GET /` until the handler answers anything at all; only a refused connection is "not yet".
async fn answers_http(port: u16) {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    loop {
        let body = Empty::new().map_err(BoxError::from).boxed_unsync();
        let probe = Request::get(format!("http://127.0.0.1:{port}/")).body(body);
        let Ok(probe) = probe else { return };
        match client.request(probe).await {
            Err(error) if error.is_connect() => sleep(READINESS_POLL).await,
            Ok(_) | Err(_) => return,
        }
    }
}
