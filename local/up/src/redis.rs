//! The Redis server.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::part::Part;
use crate::programs;

const READY_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The server as a part, with its data in `folder`, kept over restarts when `keep` is set.
///
/// # Errors
/// `MissingProgram`.
pub(crate) fn part(name: &str, folder: &Path, port: u16, keep: bool) -> Result<Part, Error> {
    let append_only = if keep { "yes" } else { "no" };
    let mut args: Vec<std::ffi::OsString> = vec!["--dir".into(), folder.into()];
    args.extend(["--port".into(), port.to_string().into()]);
    args.extend(["--bind", "127.0.0.1", "--save", "", "--appendonly", append_only].map(Into::into));
    Ok(Part {
        name: name.to_owned(),
        program: programs::installed("redis-server")?,
        args,
        env: Vec::new(),
        port,
        ready_limit: READY_LIMIT,
        stop_limit: STOP_LIMIT,
    })
}
