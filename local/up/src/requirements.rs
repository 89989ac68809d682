//! What must be true before anything is started. All that is missing is told at once, each with
//! what to do.

use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::ports::Ports;
use crate::programs;

/// Programs that the parts are, or that they cannot do without.
const PROGRAMS: [&str; 6] =
    ["setpriv", "openssl", "mariadb-install-db", "mariadbd", "redis-server", "node"];
const NODE_PROGRAMS: [&str; 1] = ["azurite"];
/// What a first start writes, and room for some work.
const FREE_MB_MIN: u64 = 1_500;

/// # Errors
/// `Missing`, which names everything.
pub(crate) async fn check(ports: Ports, data: &Path) -> Result<(), Error> {
    let programs = PROGRAMS.map(programs::installed).into_iter();
    let programs = programs.chain(NODE_PROGRAMS.map(programs::node_program));
    let mut missing: Vec<String> =
        programs.filter_map(Result::err).map(|error| error.to_string()).collect();
    missing.extend(ports.taken().await);
    missing.extend(free_mb(data).filter(|free| *free < FREE_MB_MIN).map(|free| {
        let data = data.display();
        format!("{data} has {free} MB left; free {FREE_MB_MIN} MB, or name another with --data")
    }));
    if missing.is_empty() { Ok(()) } else { Err(Error::Missing(missing)) }
}

/// What is left on the disk of a folder that exists; `None` if `df` does not say.
fn free_mb(folder: &Path) -> Option<u64> {
    let told = Command::new("df").args(["--output=avail", "--block-size=1M"]).arg(folder).output();
    String::from_utf8(told.ok()?.stdout).ok()?.lines().nth(1)?.trim().parse().ok()
}
