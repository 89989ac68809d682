//! The certificate of every part that speaks TLS, from an authority of our own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use crate::data::Data;
use crate::error::Error;
use crate::programs;

/// The setting with which programs trust another file of authorities than the system's.
pub(crate) const TRUST_VARIABLE: &str = "SSL_CERT_FILE";

const OPENSSL_LIMIT: Duration = Duration::from_secs(30);
/// Debian's file of trusted authorities.
const SYSTEM_TRUST: &str = "/etc/ssl/certs/ca-certificates.crt";
const TRUST: &str = "trust.pem";

/// The folder with `server.pem` and `server.key`, made when it is first asked for.
///
/// # Errors
/// What stopped the making of the certificate.
pub(crate) async fn folder(data: &Data) -> Result<PathBuf, Error> {
    let tls = data.path("tls");
    if !tls.exists() {
        make_certificate(&tls).await?;
    }
    Ok(tls)
}

/// The system's authorities and our own, as one file for [`TRUST_VARIABLE`].
pub(crate) fn trust(tls: &Path) -> PathBuf {
    tls.join(TRUST)
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

    let mut trusted = fs::read(SYSTEM_TRUST).unwrap_or_default();
    trusted.extend(fs::read(unfinished.join("ca.pem")).map_err(Error::io(failed()))?);
    fs::write(trust(&unfinished), trusted).map_err(Error::io(failed()))?;
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
