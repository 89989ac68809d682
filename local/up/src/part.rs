//! One process of the platform: how it is started, known to be ready, and stopped.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::data::Data;
use crate::error::Error;
use crate::programs;

/// How often a starting part is asked whether it listens.
const LISTENING_POLL: Duration = Duration::from_millis(10);
/// Limits for the programs of this workspace.
const OWN_READY_LIMIT: Duration = Duration::from_secs(60);
const OWN_STOP_LIMIT: Duration = Duration::from_secs(10);

/// What to run, and how to treat it.
#[derive(Debug)]
pub(crate) struct Part {
    /// Names the part on the terminal, its log and its pid file.
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(String, String)>,
    /// The part is ready when it accepts connections on this port of 127.0.0.1.
    pub(crate) port: u16,
    /// How long it may take to become ready.
    pub(crate) ready_limit: Duration,
    /// How long it may take to end after SIGTERM; then it is killed.
    pub(crate) stop_limit: Duration,
}

impl Part {
    /// A program of this workspace that listens on `port`.
    ///
    /// # Errors
    /// `NotBuilt`.
    pub(crate) fn of_workspace(
        name: &str,
        port: u16,
        mut args: Vec<OsString>,
    ) -> Result<Self, Error> {
        args.extend(["--listen".into(), format!("127.0.0.1:{port}").into()]);
        Ok(Self {
            name: name.to_owned(),
            program: programs::sibling(name)?,
            args,
            env: Vec::new(),
            port,
            ready_limit: OWN_READY_LIMIT,
            stop_limit: OWN_STOP_LIMIT,
        })
    }

    /// Starts the process. It dies with the thread that calls this, even if that one is killed.
    pub(crate) fn spawn(&self, data: &Data) -> Result<Child, Error> {
        let failed = || format!("cannot start {}", self.name);
        let log = data.open_log(&self.name).map_err(Error::io(failed()))?;
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .arg(&self.program)
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(Error::io(failed()))?)
            .stderr(log)
            // A Ctrl-C at the terminal is for `up`, which stops its parts in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io(failed()))?;
        if let Some(pid) = child.id() {
            std::fs::write(data.pid_file(&self.name), pid.to_string())
                .map_err(Error::io(failed()))?;
        }
        Ok(child)
    }

    /// Waits until the part accepts connections.
    ///
    /// # Errors
    /// `NotReady` when it does not within its limit.
    pub(crate) async fn listening(&self, data: &Data) -> Result<(), Error> {
        let accepted = async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.is_err() {
                sleep(LISTENING_POLL).await;
            }
        };
        timeout(self.ready_limit, accepted).await.map_err(|_| Error::NotReady {
            part: self.name.clone(),
            limit_s: self.ready_limit.as_secs(),
            log: data.log_tail(&self.name),
        })
    }

    /// Ends the process: SIGTERM, and SIGKILL when it outlives its limit.
    pub(crate) async fn stop(&self, child: &mut Child) {
        let Some(pid) = child.id() else { return };
        // The child is not reaped yet, so its pid cannot belong to another process.
        let signalled =
            Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().await;
        let ended = match signalled {
            Ok(_) => timeout(self.stop_limit, child.wait()).await.is_ok(),
            Err(_) => false,
        };
        if !ended {
            eprintln!(
                "up: {} did not stop in {} s; killing it",
                self.name,
                self.stop_limit.as_secs()
            );
            if let Err(error) = child.kill().await {
                eprintln!("up: cannot kill {}: {error}", self.name);
            }
        }
    }

    /// Removes the pid file of a process that has ended.
    pub(crate) fn forget_pid(&self, data: &Data) {
        // The next start writes the file anew, so one that stays behind only misleads a reader.
        if let Err(error) = std::fs::remove_file(data.pid_file(&self.name)) {
            eprintln!("up: cannot remove the pid file of {}: {error}", self.name);
        }
    }
}
