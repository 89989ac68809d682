//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::rewrite::{Rewrite, RewriteError};
use crate::static_files::{Mount, MountError};

/// How the host is called.
pub(crate) const USAGE: &str = "usage: functions-host --apps DIR --listen ADDRESS --state DIR \
     [--static /prefix=DIR]… [--rewrite /from=/to]… [--trace-view URL]";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Folder whose sub-folders are the function apps.
    pub(crate) apps: PathBuf,
    /// The public address.
    pub(crate) listen: SocketAddr,
    /// Folder for logs, keys, process ids and checkpoints.
    pub(crate) state: PathBuf,
    /// Folders of files served beside the apps.
    pub(crate) mounts: Vec<Mount>,
    /// Paths that lead elsewhere.
    pub(crate) rewrites: Vec<Rewrite>,
    /// Where traces are shown.
    pub(crate) trace_view: Option<String>,
}

/// Why the command line cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgumentError {
    /// An option that does not exist, or one without value.
    #[error("`{0}` is not an option or has no value\n{USAGE}")]
    Option(String),
    /// An option that must be there is not.
    #[error("{0} is missing\n{USAGE}")]
    Missing(&'static str),
    /// The address to listen on is malformed.
    #[error("--listen: {0}")]
    Listen(#[from] std::net::AddrParseError),
    /// A folder of files is malformed.
    #[error("--static: {0}")]
    Static(#[from] MountError),
    /// A rule for paths is malformed.
    #[error("--rewrite: {0}")]
    Rewrite(#[from] RewriteError),
}

impl Arguments {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, ArgumentError> {
        let (mut apps, mut listen, mut state) = (None, None, None);
        let (mut mounts, mut rewrites, mut trace_view) = (Vec::new(), Vec::new(), None);
        while let Some(option) = words.next() {
            let Some(value) = words.next() else { return Err(ArgumentError::Option(option)) };
            match option.as_str() {
                "--apps" => apps = Some(value.into()),
                "--listen" => listen = Some(value.parse()?),
                "--state" => state = Some(value.into()),
                "--trace-view" => trace_view = Some(value),
                "--static" => mounts.push(value.parse()?),
                "--rewrite" => rewrites.push(value.parse()?),
                _ => return Err(ArgumentError::Option(option)),
            }
        }
        Ok(Self {
            apps: apps.ok_or(ArgumentError::Missing("--apps"))?,
            listen: listen.ok_or(ArgumentError::Missing("--listen"))?,
            state: state.ok_or(ArgumentError::Missing("--state"))?,
            mounts,
            rewrites,
            trace_view,
        })
    }
}
