//! The command line: `start`, as `func` has it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::rewrite::{Rewrite, RewriteError};
use crate::static_files::{Mount, MountError};

/// How the host is called.
pub(crate) const USAGE: &str = "usage: functions-host start [APP_DIR]… [--port PORT] \
     [--listen ADDRESS] [--state DIR] [--enableAuth] [--quiet] [--static /prefix=DIR]… \
     [--rewrite /from=/to]… [--trace-view URL]

  APP_DIR       a folder with a host.json; without one, the current folder
  --port        on the loopback address; without it Host.LocalHttpPort of the first app, or 7071
  --listen      address and port
  --state       folder for logs, keys and checkpoints; without it .functions-host
  --enableAuth  functions that are not anonymous need their keys, as in Azure
  --quiet       no list of functions, and neither invocations nor what handlers print, which is in
                the folder of --state too
  --static      files beside the apps
  --rewrite     a path that leads to another one
  --trace-view  where each answer's Link leads";

const DEFAULT_STATE: &str = ".functions-host";

/// What the command line says.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Folders of function apps.
    pub(crate) apps: Vec<PathBuf>,
    /// The public address, unless the apps' settings say it.
    pub(crate) listen: Option<SocketAddr>,
    /// Folder for logs, keys, process ids and checkpoints.
    pub(crate) state: PathBuf,
    /// Whether functions that are not anonymous need a key.
    pub(crate) checks_keys: bool,
    /// Whether nothing is printed but what concerns the host itself.
    pub(crate) is_quiet: bool,
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
    /// Another command than `start`, or none.
    #[error("{USAGE}")]
    Command,
    /// An option that does not exist, or one without value.
    #[error("`{0}` is not an option or has no value\n{USAGE}")]
    Option(String),
    /// The address to listen on is malformed.
    #[error("--listen: {0}")]
    Listen(#[from] std::net::AddrParseError),
    /// The port to listen on is none.
    #[error("--port: {0}")]
    Port(#[from] std::num::ParseIntError),
    /// A folder of files is malformed.
    #[error("--static: {0}")]
    Static(#[from] MountError),
    /// A rule for paths is malformed.
    #[error("--rewrite: {0}")]
    Rewrite(#[from] RewriteError),
}

impl Arguments {
    /// Reads the arguments after the program's name; nothing if only the usage is asked for.
    pub(crate) fn parse(
        mut words: impl Iterator<Item = String>,
    ) -> Result<Option<Self>, ArgumentError> {
        match words.next().as_deref() {
            Some("start") => {}
            Some("help" | "--help" | "-h") => return Ok(None),
            Some(_) | None => return Err(ArgumentError::Command),
        }
        let mut arguments = Self {
            apps: Vec::new(),
            listen: None,
            state: DEFAULT_STATE.into(),
            checks_keys: false,
            is_quiet: false,
            mounts: Vec::new(),
            rewrites: Vec::new(),
            trace_view: None,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--enableAuth" => arguments.checks_keys = true,
                "--quiet" => arguments.is_quiet = true,
                "--help" | "-h" => return Ok(None),
                option if option.starts_with('-') => {
                    let Some(value) = words.next() else { return Err(ArgumentError::Option(word)) };
                    arguments.set(option, value)?;
                }
                _ => arguments.apps.push(word.into()),
            }
        }
        if arguments.apps.is_empty() {
            arguments.apps.push(".".into());
        }
        Ok(Some(arguments))
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), ArgumentError> {
        match option {
            "--port" | "-p" => self.listen = Some((Ipv4Addr::LOCALHOST, value.parse()?).into()),
            "--listen" => self.listen = Some(value.parse()?),
            "--state" => self.state = value.into(),
            "--trace-view" => self.trace_view = Some(value),
            "--static" => self.mounts.push(value.parse()?),
            "--rewrite" => self.rewrites.push(value.parse()?),
            _ => return Err(ArgumentError::Option(option.to_owned())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parse(line: &str) -> Result<Option<Arguments>, ArgumentError> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn the_current_folder_is_the_app_unless_others_are_named() {
        assert_eq!(parse("start").unwrap().unwrap().apps, [Path::new(".")]);
        let several = parse("start a --port 80 --enableAuth b").unwrap().unwrap();
        assert_eq!(several.apps, [Path::new("a"), Path::new("b")]);
        assert_eq!(several.listen, Some(([127, 0, 0, 1], 80).into()));
        assert!(several.checks_keys);
    }

    #[test]
    fn what_cannot_be_understood_is_told_with_the_usage() {
        for line in ["--help", "start --help"] {
            assert!(parse(line).unwrap().is_none(), "it is no mistake to ask");
        }
        for line in ["", "run", "start --prot 80", "start --port"] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains("usage: functions-host start"), "{error}");
        }
    }
}
