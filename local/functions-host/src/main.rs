//! Runs packaged function apps with custom handlers as the Azure Functions host does, and serves
//! all of them by route on one public port.
//!
//! Reading order: `arguments` and `console` (how it is called, what it shows), `known_names` (what
//! the files of an app may say), `settings` and `key_vault_references`, `app` and `app_host` (one
//! app and its life), `worker_process` (its handler), `front_door`, `request_head`, `request_body`,
//! `cors`, `proxy` and `forwarding` (HTTP), `problem`, `catalogue` and `trace` (what the host
//! answers itself, and adds), `envelope` and `invocation` (all other triggers),
//! `event_hub_trigger`, `queue_listener`, `blob_trigger`, `cosmos_trigger`, `event_grid`,
//! `timer_trigger`, `output_binding` (what a handler says, written where it belongs), `execution`
//! (how people are told of it).

mod app;
mod app_host;
mod arguments;
mod binding;
mod binding_expression;
mod blob_message;
mod blob_trigger;
mod body;
mod catalogue;
mod checkpoints;
mod connection_identity;
mod console;
mod cors;
mod cosmos_connection;
mod cosmos_lease;
mod cosmos_trigger;
mod envelope;
mod event_batch;
mod event_grid;
mod event_hub_connection;
mod event_hub_options;
mod event_hub_sender;
mod event_hub_trigger;
mod execution;
mod forwarding;
mod front_door;
mod function_error;
mod function_json;
mod handler_log;
mod host_json;
mod http_envelope;
mod identity;
mod invocation;
mod json_text;
mod key_vault_references;
mod keys;
mod known_bindings;
mod known_names;
mod output_binding;
mod output_value;
mod problem;
mod proxy;
mod queue_listener;
mod queue_message;
mod queue_options;
mod request_body;
mod request_head;
mod retry_policy;
mod rewrite;
mod route_constraint;
mod routes;
mod schedule;
mod settings;
mod state_dir;
mod static_files;
mod status;
mod storage_connection;
mod time_span;
mod timer_trigger;
mod trace;
mod triggers;
mod worker_process;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use futures_util::future::join_all;
use tokio::runtime::{self, Handle};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, LoadError, Phase};
use crate::app_host::Surroundings;
use crate::arguments::{Arguments, USAGE};
use crate::catalogue::Catalogue;
use crate::front_door::{FrontDoor, Rules};
use crate::keys::{Access, Keys};
use crate::proxy::HandlerClient;
use crate::settings::{Serving, Settings};
use crate::state_dir::StateDir;

/// Why the host does not start on these apps.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{0}: the folder cannot be opened: {1}")]
    NoFolder(String, io::Error),
    #[error("two apps are called {0}")]
    Twins(String),
    #[error("{0}: {1}")]
    App(String, LoadError),
    #[error("{0}: no function could be loaded")]
    NoFunctions(String),
}

fn main() -> ExitCode {
    let started = Arguments::parse(std::env::args().skip(1)).map_err(Into::into).and_then(|it| {
        let Some(arguments) = it else { return Ok(writeln!(io::stdout(), "{USAGE}")?) };
        console::begin_log(arguments.is_quiet);
        start(arguments)
    });
    match started {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // It may be the usage, which has lines that a log would not keep.
            let _ = writeln!(io::stderr(), "error: the host cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut folders = app_folders(&arguments.apps)?;
    let state = StateDir::create(arguments.state.clone())?;
    identity::adopt_endpoint(folders.iter().map(|(_, settings)| settings))?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(join_all(folders.iter_mut().map(async |(folder, settings)| {
        key_vault_references::settle(&app::folder_name(folder), settings).await;
    })));
    let mut apps = load_apps(folders)?;
    for app in &mut apps {
        app.keep_functions(identity::check_endpoint);
        if app.functions.is_empty() {
            return Err(StartError::NoFunctions(app.name.clone()).into());
        }
    }
    let apps: Vec<Arc<App>> = apps.into_iter().map(Arc::new).collect();
    let event_hubs = start_event_hub_thread()?;
    // The future given to block_on runs on this thread, which lives as long as the process. So do
    // the handlers: the kernel kills them when the thread that started them ends.
    runtime.block_on(serve(arguments, state, apps, event_hubs))
}

/// The folders of the apps, with their settings as they stand there.
fn app_folders(named: &[PathBuf]) -> Result<Vec<(PathBuf, Settings)>, StartError> {
    let mut folders = Vec::new();
    let mut names = BTreeSet::new();
    for path in named {
        let folder = path.canonicalize().and_then(|path| {
            // Of a file, too, this says that it is none.
            path.read_dir().map(|_| path)
        });
        let folder =
            folder.map_err(|error| StartError::NoFolder(path.display().to_string(), error))?;
        let name = app::folder_name(&folder);
        if !names.insert(name.clone()) {
            return Err(StartError::Twins(name));
        }
        let settings =
            Settings::load(&folder).map_err(|error| StartError::App(name, error.into()))?;
        folders.push((folder, settings));
    }
    Ok(folders)
}

/// Loads each app. A function that cannot be loaded is left out, as in Azure; an app of which
/// nothing can be loaded was packaged wrongly, and the host does not start on it.
fn load_apps(folders: Vec<(PathBuf, Settings)>) -> Result<Vec<App>, StartError> {
    let mut apps = Vec::new();
    for (folder, settings) in folders {
        let name = app::folder_name(&folder);
        let loaded = App::load(folder, settings);
        let mut app = loaded.map_err(|error| StartError::App(name, error))?;
        app.keep_functions(|app, function| front_door::check_route(&apps, app, function));
        apps.push(app);
    }
    Ok(apps)
}

fn start_event_hub_thread() -> io::Result<Handle> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    thread::Builder::new()
        .name("event-hubs".to_owned())
        .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
    Ok(handle)
}

async fn serve(
    arguments: Arguments,
    state: StateDir,
    apps: Vec<Arc<App>>,
    event_hubs: Handle,
) -> Result<(), Box<dyn std::error::Error>> {
    let serving = apps.iter().find_map(|app| app.settings.serving()).cloned();
    let Serving { address, port, cors } = serving.unwrap_or_default();
    let listen = arguments.listen.unwrap_or_else(|| (address, port).into());
    let listener = platform_port::listen(listen).await?;
    let address = listener.local_addr()?;
    let client = HandlerClient::new();
    let keys = Keys::load_or_create(&state.keys())?;
    let rules = Rules {
        mounts: arguments.mounts,
        rewrites: arguments.rewrites,
        access: if arguments.checks_keys { Access::Locked(keys) } else { Access::Open },
        cors,
        catalogue: Catalogue::load()?,
        trace_view: arguments.trace_view,
    };
    let front_door = FrontDoor::new(apps.clone(), client.clone(), rules);
    if !arguments.is_quiet {
        console::list_functions(&apps, address)?;
    }
    let site = console::public_name(address);
    let surroundings = Surroundings { client, site, state, event_hubs };
    let announcement = tokio::spawn(announce(apps.clone(), format!("http://{address}")));
    let hosts = apps.into_iter().map(|app| app_host::run(app, surroundings.clone()));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = join_all(hosts) => {}
        result = tokio::spawn(front_door.serve(listener)) => {
            result??;
        }
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    announcement.abort();
    Ok(())
}

/// Tells the supervisor, one line for each app and one for all, when they are first ready.
async fn announce(apps: Vec<Arc<App>>, url: String) -> io::Result<()> {
    join_all(apps.iter().map(|app| async {
        app.until(Phase::Ready).await;
        writeln!(io::stdout(), "ready: {}", app.name)
    }))
    .await
    .into_iter()
    .collect::<io::Result<()>>()?;
    writeln!(io::stdout(), "ready: functions-host {url}")
}
