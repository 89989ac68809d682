//! MySQL: one pool per service, its migrations, and the server errors that code decides by.

use std::time::Duration;

use mysql_async::{Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts};
use refinery::Runner;
use time::OffsetDateTime;

use crate::{ConfigError, Ended, StartError};

/// Connections one instance keeps at most. Azure's servers take those of all instances
/// (`bicep/sizes.bicep`).
const CONNECTIONS_MAX: usize = 32;
/// Statements that a connection keeps prepared. Azure's servers are set up for as many
/// (`max_prepared_stmt_count`).
const STATEMENTS_MAX: usize = 32;
/// How long a statement waits for a row that another transaction holds.
const LOCK_WAIT_SECONDS_MAX: u32 = 5;
/// The server ends a session that is silent for so long: an instance that vanished keeps no lock
/// longer than this.
const SILENT_SESSION_SECONDS_MAX: u32 = 300;
/// A server that vanished without a word is noticed by probes that begin after so much silence.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// An unused connection above the minimum is closed after this time.
const IDLE_CONNECTION_TTL: Duration = Duration::from_secs(60);

/// A pool on the schema that `url` names. Connects at first use.
///
/// Sessions run at READ COMMITTED: rows are locked on purpose (`FOR UPDATE`), never gaps by
/// accident.
pub fn connect(variable: &'static str, url: &str) -> Result<Pool, ConfigError> {
    let opts = Opts::from_url(url)
        .map_err(|_| ConfigError::Invalid(variable, "a mysql:// URL is expected"))?;
    let constraints = PoolConstraints::new(1, CONNECTIONS_MAX)
        .ok_or(ConfigError::Invalid(variable, "no connection is allowed"))?;
    // A reset on each return to the pool would cost round trips: sessions hold nothing between
    // uses.
    let pool_opts = PoolOpts::new()
        .with_constraints(constraints)
        .with_inactive_connection_ttl(IDLE_CONNECTION_TTL)
        .with_reset_connection(false);
    let opts =
        OptsBuilder::from_opts(opts).tcp_keepalive(Some(KEEPALIVE)).stmt_cache_size(STATEMENTS_MAX);
    let session = vec![
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED".to_owned(),
        format!(
            "SET time_zone = '+00:00', innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS_MAX},
                 wait_timeout = {SILENT_SESSION_SECONDS_MAX}"
        ),
    ];
    Ok(Pool::new(opts.pool_opts(pool_opts).init(session)))
}

/// Brings the schema that `url` names to its newest version. The URL's user needs DDL rights.
pub async fn migrate(url: &str, migrations: Runner) -> Result<Ended, StartError> {
    let mut pool = Pool::from_url(url).map_err(StartError::Database)?;
    let report = migrations.run_async(&mut pool).await.map_err(StartError::Migration)?;
    for migration in report.applied_migrations() {
        tracing::info!(%migration, "applied");
    }
    pool.disconnect().await.map_err(StartError::Database)?;
    Ok(Ended::Migrated)
}

/// The present, as precisely as MySQL stores it: what is answered now reads the same later.
pub fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_microsecond(now.microsecond()).unwrap_or(now)
}

/// A unique key already holds the value.
pub fn is_duplicate(error: &mysql_async::Error) -> bool {
    server_code(error) == Some(DUPLICATE_ENTRY)
}

/// Another transaction held a lock for too long (only the statement was undone), or two waited for
/// each other (the transaction was undone). Roll back, and do the whole transaction again.
pub fn is_lock_conflict(error: &mysql_async::Error) -> bool {
    matches!(server_code(error), Some(LOCK_WAIT_TIMEOUT | DEADLOCK))
}

/// Trying again may help: the server is away, overloaded, read-only after a failover, or locked.
pub fn is_transient(error: &mysql_async::Error) -> bool {
    match error {
        mysql_async::Error::Io(_) | mysql_async::Error::Driver(_) => true,
        mysql_async::Error::Server(server) => {
            is_lock_conflict(error)
                || matches!(server.code, TOO_MANY_CONNECTIONS | SHUTTING_DOWN | READ_ONLY)
                || server.state.starts_with("08")
        }
        mysql_async::Error::Other(_) | mysql_async::Error::Url(_) => false,
    }
}

/// The data itself is wrong: no repeat will help. Every other failure may pass, be it by a repair.
pub fn is_wrong_data(error: &mysql_async::Error) -> bool {
    match error {
        mysql_async::Error::Server(server) => WRONG_DATA.contains(&server.code),
        mysql_async::Error::Other(_) => true,
        mysql_async::Error::Io(_) | mysql_async::Error::Driver(_) | mysql_async::Error::Url(_) => {
            false
        }
    }
}

/// NULL where none may be, duplicate, out of range, truncated, not of the type, too long, without
/// its parent, refused by a CHECK (MySQL, MariaDB).
const WRONG_DATA: [u16; 10] = [1048, 1062, 1264, 1265, 1292, 1366, 1406, 1452, 3819, 4025];
const TOO_MANY_CONNECTIONS: u16 = 1040;
const SHUTTING_DOWN: u16 = 1053;
const DUPLICATE_ENTRY: u16 = 1062;
const LOCK_WAIT_TIMEOUT: u16 = 1205;
const DEADLOCK: u16 = 1213;
const READ_ONLY: u16 = 1290;

fn server_code(error: &mysql_async::Error) -> Option<u16> {
    if let mysql_async::Error::Server(server) = error { Some(server.code) } else { None }
}
