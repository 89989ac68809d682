//! What can stop `up`, worded for the person at the terminal.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Why a command of `up` ended early. `Display` is one sentence, and says what to do if that is
/// known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}\n\n{usage}", usage = crate::USAGE)]
    Usage(String),
    #[error("{0} is missing; install it with: make setup")]
    MissingProgram(&'static str),
    #[error("{} is not built; build it with: make build", .0.display())]
    NotBuilt(PathBuf),
    #[error("up is already running on {} (pid {pid})", .data.display())]
    AlreadyRunning { data: PathBuf, pid: String },
    #[error("nothing runs on {}; start it with: make run", .data.display())]
    NotRunning { data: PathBuf },
    #[error("this must be mended first:\n{}", listed(.0))]
    Missing(Vec<String>),
    #[error("{part} ended before it was ready ({status}); its last log lines:\n{log}")]
    EndedEarly { part: String, status: ExitStatus, log: String },
    #[error("{part} was not ready within {limit_s} s; its last log lines:\n{log}")]
    NotReady { part: String, limit_s: u64, log: String },
    #[error(
        "{part} is left down, since it died more than {deaths_max} times in a minute; all else \
         goes on. Mend it, then start `up` again"
    )]
    LeftDown { part: String, deaths_max: usize },
    #[error("{program} failed ({status}):\n{output}")]
    ProgramFailed { program: String, status: ExitStatus, output: String },
    #[error("{program} took longer than {limit_s} s and was ended")]
    ProgramTooSlow { program: String, limit_s: u64 },
    #[error("{0}")]
    Settings(String),
    #[error("the replica does not replicate: {0}")]
    NotReplicating(String),
    #[error(
        "{app} is not healthy after {limit_s} s: {answer}\nThe handler's last log lines:\n{log}"
    )]
    Unhealthy { app: String, limit_s: u64, answer: String, log: String },
    #[error("the status page: {0}")]
    NoListener(#[from] platform_port::NoListener),
    #[error("{action}: {source}")]
    Io { action: String, source: std::io::Error },
    #[error("{action}: {source}")]
    Sql { action: String, source: mysql_async::Error },
}

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("  - {item}")).collect::<Vec<_>>().join("\n")
}

impl Error {
    /// For `map_err`: names the action that an I/O error interrupted.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    /// For `map_err`: names the action that a database error interrupted.
    pub(crate) fn sql(action: impl Into<String>) -> impl FnOnce(mysql_async::Error) -> Self {
        let action = action.into();
        move |source| Self::Sql { action, source }
    }
}
