//! MariaDB servers: installing their data, their arguments, and the administrator's connection.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use mysql_async::{Conn, Opts};
use tokio::process::Command;

use crate::error::Error;
use crate::part::Part;
use crate::programs;

const INSTALL_LIMIT: Duration = Duration::from_secs(120);
/// Crash recovery of a large redo log comes before readiness.
const READY_LIMIT: Duration = Duration::from_secs(120);
/// A clean shutdown writes all dirty pages.
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// What a server is for, which decides what it promises to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Keeps every committed transaction, and a log of them that replicas read.
    Primary,
    /// Follows the primary. What a crash takes from it, it reads from the primary again.
    Replica,
    /// Holds the databases of one run of the tests.
    Tests,
}

impl Role {
    fn args(self) -> &'static [&'static str] {
        match self {
            // The binary log is never purged, so a new replica can always be built from it.
            Self::Primary => &[
                "--server-id=1",
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--gtid-strict-mode=1",
                "--innodb-flush-log-at-trx-commit=1",
                "--sync-binlog=1",
            ],
            Self::Replica => &[
                "--server-id=2",
                "--read-only=1",
                "--relay-log=relay",
                "--relay-log-recovery=1",
                "--gtid-strict-mode=1",
                "--innodb-flush-log-at-trx-commit=2",
            ],
            Self::Tests => &["--skip-log-bin", "--innodb-flush-log-at-trx-commit=2"],
        }
    }
}

/// The server as a part; its data is installed in `folder` at the first start.
///
/// # Errors
/// `MissingProgram`, or what stopped the installation.
pub(crate) async fn part(name: &str, role: Role, folder: &Path, port: u16) -> Result<Part, Error> {
    let program = programs::installed("mariadbd")?;
    // Of its own: a server that starts deletes the temporary tables of all others in a shared one.
    let temporary = folder.with_extension("tmp");
    fs::create_dir_all(&temporary)
        .map_err(Error::io(format!("cannot create {}", temporary.display())))?;
    if !folder.exists() {
        install(folder, &temporary).await?;
    }
    let mut args: Vec<OsString> = vec!["--no-defaults".into()];
    args.extend(programs::mariadb_user().map(OsString::from));
    args.push(option("--datadir", folder.as_os_str()));
    args.push(option("--tmpdir", temporary.as_os_str()));
    args.push(format!("--port={port}").into());
    args.extend(
        [
            "--bind-address=127.0.0.1",
            // Relative to the data folder: a socket's absolute path must not exceed 107 bytes.
            "--socket=mariadb.sock",
            "--skip-name-resolve",
            // Enough for the pools of all handlers; the default is 151.
            "--max-connections=1000",
            // For tables of engines that no service has: 128 MB each by default.
            "--key-buffer-size=1M",
            "--aria-pagecache-buffer-size=8M",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_unicode_520_ci",
        ]
        .map(OsString::from),
    );
    args.extend(role.args().iter().map(OsString::from));
    Ok(Part {
        name: name.to_owned(),
        program,
        args,
        // For its log; and Azure's database is in UTC.
        env: vec![("TZ".to_owned(), "UTC".to_owned())],
        port,
        ready_limit: READY_LIMIT,
        stop_limit: STOP_LIMIT,
    })
}

async fn install(folder: &Path, temporary: &Path) -> Result<(), Error> {
    // Built beside its place and then moved, so that an interrupted installation leaves no half of
    // one.
    let unfinished = folder.with_extension("new");
    let failed = || format!("cannot prepare {}", folder.display());
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::io(failed()))?;
    }
    let mut command = Command::new(programs::installed("mariadb-install-db")?);
    command
        .arg("--no-defaults")
        .args(programs::mariadb_user())
        .arg(option("--datadir", unfinished.as_os_str()))
        .arg(option("--tmpdir", temporary.as_os_str()))
        // Root without a password; nobody else, since an anonymous user would hide the services'
        // own.
        .args([
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ]);
    programs::run(command, INSTALL_LIMIT).await?;
    fs::rename(&unfinished, folder).map_err(Error::io(failed()))
}

fn option(name: &str, value: &std::ffi::OsStr) -> OsString {
    let mut option = OsString::from(name);
    option.push("=");
    option.push(value);
    option
}

/// The administrator's URL of the server on `port`, without a schema.
pub(crate) fn admin_url(port: u16) -> String {
    format!("mysql://root@127.0.0.1:{port}")
}

/// A connection as the administrator of the server on `port`.
///
/// # Errors
/// `Sql`.
pub(crate) async fn admin(port: u16) -> Result<Conn, Error> {
    let failed = || format!("cannot connect to MariaDB on port {port}");
    let options = Opts::from_url(&admin_url(port)).map_err(|e| Error::sql(failed())(e.into()))?;
    Conn::new(options).await.map_err(Error::sql(failed()))
}
