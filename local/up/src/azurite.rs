//! Azurite, the Blob emulator, behind TLS with a certificate of our own authority.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
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

/// The emulator as a part; `folder` gets `tls/` (made at the first start) and `blobs/`.
///
/// Clients trust it with `SSL_CERT_FILE=<folder>/tls/trust.pem`.
///
/// # Errors
/// `MissingProgram`, or what stopped the making of the certificate.
pub(crate) async fn part(folder: &Path, port: u16) -> Result<Part, Error> {
    let tls = folder.join("tls");
    if !tls.exists() {
        make_certificate(&tls).await?;
    }
    let mut args: Vec<OsString> = vec!["--blobHost".into(), "127.0.0.1".into()];
    args.extend(["--blobPort".into(), port.to_string().into()]);
    args.extend(["--location".into(), folder.join("blobs").into()]);
    args.extend(["--cert".into(), tls.join("server.pem").into()]);
    args.extend(["--key".into(), tls.join("server.key").into()]);
    // The Azure SDK's API version is newer than the ones this emulator knows by name.
    let rest = ["--oauth", "basic", "--skipApiVersionCheck", "--disableTelemetry", "--silent"];
    args.extend(rest.map(OsString::from));
    Ok(Part {
        name: "azurite".to_owned(),
        program: programs::node_program("azurite-blob")?,
        args,
        env: Vec::new(),
        port,
        ready_limit: READY_LIMIT,
        stop_limit: STOP_LIMIT,
    })
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
