//! Azurite, the Blob and Queue emulator, behind TLS with a certificate of our own authority.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use crate::error::Error;
use crate::part::Part;
use crate::programs;

const READY_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(10);
const OPENSSL_LIMIT: Duration = Duration::from_secs(30);
/// Debian's file of trusted authorities.
const SYSTEM_TRUST: &str = "/etc/ssl/certs/ca-certificates.crt";
/// How much it may hold where it keeps nothing on disk, in MiB.
const MEMORY_MAX_MIB: &str = "512";

/// The setting with which programs trust another file of authorities than the system's.
pub(crate) const TRUST_VARIABLE: &str = "SSL_CERT_FILE";

/// The emulator as a part with its two ports, its data in `folder`, kept over restarts when `keep`
/// is set. Clients find what they need to trust it at [`trust`] of the same folder.
///
/// # Errors
/// `MissingProgram`, or what stopped the making of the certificate.
pub(crate) async fn part(folder: &Path, blob: u16, queue: u16, keep: bool) -> Result<Part, Error> {
    let tls = tls(folder).await?;
    let mut args: Vec<OsString> = vec!["--blobPort".into(), blob.to_string().into()];
    args.extend(["--queuePort".into(), queue.to_string().into()]);
    // Two programs without tables would take twice the memory of this one.
    args.extend(["--tablePort".into(), "0".into()]);
    args.extend(["--cert".into(), tls.join("server.pem").into()]);
    args.extend(["--key".into(), tls.join("server.key").into()]);
    if keep {
        args.extend(["--location".into(), folder.join("blobs").into()]);
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
        env: Vec::new(),
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

/// The system's authorities and the emulator's own, as one file for [`TRUST_VARIABLE`].
///
/// # Errors
/// What stopped the making of the certificate.
pub(crate) async fn trust(folder: &Path) -> Result<PathBuf, Error> {
    Ok(tls(folder).await?.join("trust.pem"))
}

/// The folder of certificates, made when it is first asked for.
async fn tls(folder: &Path) -> Result<PathBuf, Error> {
    let tls = folder.join("tls");
    if !tls.exists() {
        make_certificate(&tls).await?;
    }
    Ok(tls)
}

async fn make_certificate(tls: &Path) -> Result<(), Error> {
    // Made beside its place and then moved, so that an interruption leaves no half of it.
    let unfinished = tls.with_extension("new");
    let failed = || format!("cannot prepare {}", tls.display());
    fs::create_dir_all(&unfinished).map_err(Error::io(failed()))?;

    let mut authority = new_certificate(&unfinished, "ca")?;
    authority.args(["-subj", "/CN=local platform authority"]);
    programs::run(authority, OPENSSL_LIMIT).await?;

    let mut server = new_certificate(&unfinished, "server")?;
    server.args(["-subj", "/CN=127.0.0.1", "-CA", "ca.pem", "-CAkey", "ca.key"]);
    server.args(["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]);
    // rustls refuses a server that presents an authority's certificate.
    server.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    programs::run(server, OPENSSL_LIMIT).await?;

    let mut trust = fs::read(SYSTEM_TRUST).unwrap_or_default();
    trust.extend(fs::read(unfinished.join("ca.pem")).map_err(Error::io(failed()))?);
    fs::write(unfinished.join("trust.pem"), trust).map_err(Error::io(failed()))?;
    fs::rename(&unfinished, tls).map_err(Error::io(failed()))
}

fn new_certificate(folder: &Path, name: &str) -> Result<Command, Error> {
    let mut command = Command::new(programs::installed("openssl")?);
    command.current_dir(folder);
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    command.args(["-noenc", "-days", "3650"]);
    command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")]);
    Ok(command)
}
