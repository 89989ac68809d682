//! The programs `up` runs: where they are, and one-off runs of them with a time limit.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::error::Error;

/// The checkout this binary was built from: settings, `functions/`, `web/` and `node_modules/`.
pub(crate) const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Below the folder of all builds, where `ops/package` builds what runs in Azure.
const RELEASED: &str = "x86_64-unknown-linux-gnu/release";

/// Debian keeps server programs here, which is not on everyone's PATH.
const SERVER_FOLDERS: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// The path of an installed program.
///
/// # Errors
/// `MissingProgram`.
pub(crate) fn installed(program: &'static str) -> Result<PathBuf, Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SERVER_FOLDERS.map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or(Error::MissingProgram(program))
}

/// The path of a program of `node_modules`.
///
/// # Errors
/// `MissingProgram`.
pub(crate) fn node_program(program: &'static str) -> Result<PathBuf, Error> {
    let path = PathBuf::from(CHECKOUT).join("node_modules/.bin").join(program);
    if path.is_file() { Ok(path) } else { Err(Error::MissingProgram(program)) }
}

/// The path of a program of this workspace, which stands beside this one.
///
/// # Errors
/// `NotBuilt`.
pub(crate) fn sibling(program: &str) -> Result<PathBuf, Error> {
    let path = env::current_exe()
        .map_err(Error::io("cannot find this program's own path"))?
        .with_file_name(program);
    if path.is_file() { Ok(path) } else { Err(Error::NotBuilt(path)) }
}

/// Where the programs of `profile` are: those of this machine beside this one, or those for Azure.
pub(crate) fn built(profile: &str) -> Result<PathBuf, Error> {
    let own = sibling("up")?;
    let beside = own.parent().unwrap_or(Path::new(""));
    match profile {
        "dev" => Ok(beside.to_owned()),
        "release" => Ok(beside.parent().unwrap_or(beside).join(RELEASED)),
        _ => Err(Error::Usage("--profile must be dev or release".to_owned())),
    }
}

/// The arguments MariaDB wants before it runs as root.
pub(crate) fn mariadb_user() -> Option<&'static str> {
    // The owner of /proc/self is the effective user.
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    is_root.then_some("--user=root")
}

/// Runs `command` to its end.
///
/// # Errors
/// `ProgramFailed` with its output, or `ProgramTooSlow`.
pub(crate) async fn run(mut command: Command, limit: Duration) -> Result<(), Error> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let running = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let ended = timeout(limit, running)
        .await
        .map_err(|_| Error::ProgramTooSlow { program: program.clone(), limit_s: limit.as_secs() })?
        .map_err(Error::io(format!("cannot run {program}")))?;
    if ended.status.success() {
        return Ok(());
    }
    let output = [ended.stdout, ended.stderr].concat();
    let output = String::from_utf8_lossy(&output).into_owned();
    Err(Error::ProgramFailed { program, status: ended.status, output })
}
