//! The Redis server. As in Azure, nobody gets in without an identity's name and a token.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::part::Part;
use crate::programs;

const READY_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The object id in the tokens of `platform-identity`. Nothing local checks tokens: any will do.
const USER: &str = "c1d6a3f2-0b1f-4a5c-9e0b-7c7f2d1b6e02";

/// The URL of a server, with the one user it knows.
pub(crate) fn url(port: u16) -> String {
    format!("redis://{USER}@127.0.0.1:{port}")
}

/// The server as a part, with its data in `folder`, kept over restarts when `keep` is set.
///
/// # Errors
/// `MissingProgram`.
pub(crate) fn part(name: &str, folder: &Path, port: u16, keep: bool) -> Result<Part, Error> {
    let append_only = if keep { "yes" } else { "no" };
    let mut args: Vec<std::ffi::OsString> = vec!["--dir".into(), folder.into()];
    args.extend(["--port".into(), port.to_string().into()]);
    args.extend(["--bind", "127.0.0.1", "--save", "", "--appendonly", append_only].map(Into::into));
    // A server that loads its append-only file replays the transactions in it as the default user
    // and drops what that user may not do. So it may do everything; off, it lets nobody in.
    args.extend(["--user", "default", "off", "~*", "&*", "+@all"].map(Into::into));
    args.extend(["--user", USER, "on", "nopass", "~*", "&*", "+@all"].map(Into::into));
    Ok(Part {
        name: name.to_owned(),
        program: programs::installed("redis-server")?,
        args,
        // For its log.
        env: vec![("TZ".to_owned(), "UTC".to_owned())],
        port,
        ready_limit: READY_LIMIT,
        stop_limit: STOP_LIMIT,
    })
}
