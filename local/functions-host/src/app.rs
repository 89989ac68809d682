//! One packaged function app as loaded from its folder, and the live state of its handler.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::function_error::FunctionError;
use crate::function_json::Function;
use crate::host_json::{HostJson, HostJsonError};
use crate::settings::{Settings, SettingsError};

/// Why a whole app cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    /// Its folder cannot be listed.
    #[error("the app folder cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Its settings are malformed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Its host.json is malformed.
    #[error(transparent)]
    HostJson(#[from] HostJsonError),
}

/// What the handler is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// Not answering yet.
    Starting,
    /// Answering.
    Ready,
    /// It exited with 0; the host does not start it again and invocations fail.
    Exited,
    /// The app host has stopped after too many errors.
    Stopped,
}

/// Live state of a handler.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct HandlerState {
    /// What it is doing.
    pub(crate) phase: Phase,
    /// Its loopback port.
    pub(crate) port: u16,
    /// Its process id while it runs.
    pub(crate) pid: Option<u32>,
    /// How often it was started.
    pub(crate) starts: u64,
}

/// How far one partition has been read.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Progress {
    /// Sequence number of the last event received.
    pub(crate) received: Option<i64>,
    /// Sequence number up to which events count as processed.
    pub(crate) checkpoint: Option<i64>,
    /// Failed invocations since the start.
    pub(crate) failures: u64,
}

/// The handler did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("the handler is not ready")]
pub(crate) struct NotReady;

/// A function that was left out of its app.
#[derive(Debug, Serialize)]
pub(crate) struct Refused {
    /// Name of its folder.
    pub(crate) function: String,
    /// Why it was left out.
    pub(crate) reason: String,
}

/// One function app.
#[derive(Debug)]
pub(crate) struct App {
    /// Name of its folder.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) root: PathBuf,
    /// Its app settings.
    pub(crate) settings: Settings,
    /// Its host.json.
    pub(crate) host: HostJson,
    /// The functions that run.
    pub(crate) functions: Vec<Arc<Function>>,
    /// The functions that were left out.
    pub(crate) refused: Vec<Refused>,
    handler: watch::Sender<HandlerState>,
    progress: Mutex<BTreeMap<String, BTreeMap<String, Progress>>>,
}

impl App {
    /// Loads the app in `root`; a function that cannot be loaded is left out and logged.
    pub(crate) fn load(root: PathBuf, settings: Settings) -> Result<Self, LoadError> {
        let name = folder_name(&root);
        let host = HostJson::load(&root, &settings)?;
        let mut folders: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(&root)? {
            let path = entry?.path();
            if path.join("function.json").is_file() {
                folders.push(path);
            }
        }
        folders.sort();
        let idle = HandlerState { phase: Phase::Starting, port: 0, pid: None, starts: 0 };
        let mut app = Self {
            name,
            root,
            settings,
            host,
            functions: Vec::new(),
            refused: Vec::new(),
            handler: watch::channel(idle).0,
            progress: Mutex::default(),
        };
        for folder in folders {
            let function = folder_name(&folder);
            let mut listed = app.host.functions.iter().flatten();
            if app.host.functions.is_some() && !listed.any(|name| *name == function) {
                app.refuse(function, &FunctionError::Unlisted);
                continue;
            }
            let prefix = &app.host.route_prefix;
            match Function::load(&app.root, &function, prefix, &app.settings) {
                Ok(function) => app.functions.push(Arc::new(function)),
                Err(error) => app.refuse(function, &error),
            }
        }
        Ok(app)
    }

    /// Leaves out the functions that `check` objects to.
    pub(crate) fn keep_functions(&mut self, mut check: impl FnMut(&Self, &Function) -> Check) {
        for function in std::mem::take(&mut self.functions) {
            match check(self, &function) {
                Ok(()) => self.functions.push(function),
                Err(error) => self.refuse(function.name.clone(), &error),
            }
        }
    }

    fn refuse(&mut self, function: String, error: &FunctionError) {
        if matches!(error, FunctionError::Disabled(_) | FunctionError::Unlisted) {
            tracing::info!(app = self.name, function, "function left out: {error}");
        } else {
            tracing::error!(app = self.name, function, %error, "function left out");
        }
        self.refused.push(Refused { function, reason: error.to_string() });
    }

    /// Live state of the handler.
    pub(crate) fn handler(&self) -> HandlerState {
        *self.handler.borrow()
    }

    /// Changes the live state of the handler.
    pub(crate) fn set_handler(&self, change: impl FnOnce(&mut HandlerState)) {
        self.handler.send_modify(change);
    }

    /// Asks for a new process in the place of a running handler; invocations wait for it.
    pub(crate) fn request_restart(&self) {
        self.handler.send_if_modified(|handler| {
            let running = handler.phase == Phase::Ready;
            if running {
                handler.phase = Phase::Starting;
            }
            running
        });
    }

    /// Waits until the handler reaches a phase.
    pub(crate) async fn until(&self, phase: Phase) {
        // An error means that the app is gone, and it is not: it holds the sender.
        let _ = self.handler.subscribe().wait_for(|state| state.phase == phase).await;
    }

    /// Waits up to `bound` for the handler and tells its port. One that exited with 0 is not
    /// waited for: its port is told, and refuses the connection.
    pub(crate) async fn handler_port(&self, bound: Duration) -> Result<u16, NotReady> {
        let mut states = self.handler.subscribe();
        let answers = |state: &HandlerState| matches!(state.phase, Phase::Ready | Phase::Exited);
        match timeout(bound, states.wait_for(answers)).await {
            Ok(Ok(state)) => Ok(state.port),
            Ok(Err(_)) | Err(_) => Err(NotReady),
        }
    }

    /// Notes how far a partition has been read.
    pub(crate) fn note_progress(
        &self,
        function: &str,
        partition: &str,
        change: impl FnOnce(&mut Progress),
    ) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let partitions = progress.entry(function.to_owned()).or_default();
        change(partitions.entry(partition.to_owned()).or_default());
    }

    /// How far each partition has been read, by function and partition.
    pub(crate) fn progress(&self) -> BTreeMap<String, BTreeMap<String, Progress>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Verdict of a check on a function.
pub(crate) type Check = Result<(), FunctionError>;

/// Name of a folder, as the apps and functions in it are called.
pub(crate) fn folder_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
