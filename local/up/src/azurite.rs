//! Azurite, the Blob and Queue emulator, behind TLS.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::part::Part;
use crate::programs;

const READY_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How much it may hold where it keeps nothing on disk, in MiB.
const MEMORY_MAX_MIB: &str = "512";

/// What spares it what it does not use.
const WITHOUT_TELEMETRY: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/azurite_without_telemetry.js");
/// What makes it keep what it acknowledges, also when it is killed.
const SAVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/azurite_saves.js");
/// For young objects, in MiB: the 16 that node takes are memory that a laptop misses.
const YOUNG_MIB: &str = "--max-semi-space-size=1";

/// The emulator as a part with its two ports and the certificate in the folder `tls`, its data in
/// `folder`, kept over restarts when `keep` is set.
///
/// # Errors
/// `MissingProgram`.
pub(crate) fn part(
    tls: &Path,
    folder: &Path,
    blob: u16,
    queue: u16,
    keep: bool,
) -> Result<Part, Error> {
    let mut args: Vec<OsString> = vec!["--blobPort".into(), blob.to_string().into()];
    args.extend(["--queuePort".into(), queue.to_string().into()]);
    // Two programs without tables would take twice the memory of this one.
    args.extend(["--tablePort".into(), "0".into()]);
    args.extend(["--cert".into(), tls.join("server.pem").into()]);
    args.extend(["--key".into(), tls.join("server.key").into()]);
    let mut node = format!("{YOUNG_MIB} --require \"{WITHOUT_TELEMETRY}\"");
    if keep {
        args.extend(["--location".into(), folder.join("blobs").into()]);
        node.push_str(&format!(" --require \"{SAVES}\""));
    } else {
        let memory = ["--inMemoryPersistence", "--extentMemoryLimit", MEMORY_MAX_MIB];
        args.extend(memory.map(OsString::from));
    }
    // The Azure SDK's API version is newer than the ones this emulator knows by name.
    let rest = ["--oauth", "basic", "--skipApiVersionCheck", "--disableTelemetry", "--silent"];
    args.extend(rest.map(OsString::from));
    Ok(Part {
        name: "azurite".to_owned(),
        program: programs::node_program("azurite")?,
        args,
        env: vec![("NODE_OPTIONS".to_owned(), node)],
        // It listens here last.
        port: queue,
        ready_limit: READY_LIMIT,
        stop_limit: STOP_LIMIT,
    })
}

/// The URL of the account at a port of either kind.
pub(crate) fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}/devstoreaccount1")
}
