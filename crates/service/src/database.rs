//! MySQL: one pool per service, its migrations, and the server errors that code decides by.

use std::time::Duration;

use mysql_async::{
    Conn, Error, IoError, IsolationLevel, Opts, OptsBuilder, Pool, PoolConstraints, PoolOpts,
    TxOpts,
};
use refinery::Runner;
use time::OffsetDateTime;

use crate::ConfigError;

/// The most connections of one instance. Azure's servers are sized for those of all instances
/// (`bicep/sizes.bicep`).
const CONNECTIONS_MAX: usize = 32;
/// Prepared statements that a connection keeps. Azure's servers allow as many
/// (`max_prepared_stmt_count`).
const STATEMENTS_MAX: usize = 32;
/// How long a statement waits for a row that another transaction holds.
const LOCK_WAIT_SECONDS_MAX: u32 = 5;
/// The server ends a session after this much silence, so an instance that vanished holds its locks
/// no longer.
const SILENT_SESSION_SECONDS_MAX: u32 = 300;
/// Probes begin after this much silence, so that a server that vanished is noticed.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// An unused connection above the minimum is closed after this time.
const IDLE_CONNECTION_TTL: Duration = Duration::from_secs(60);

/// How long a request waits for a connection. After a longer wait its client has given up.
const CONNECTION_WAIT_MAX: Duration = Duration::from_secs(5);

/// A transaction on the service's own schema. Dropping it rolls it back.
pub type Tx = mysql_async::Transaction<'static>;

/// The service's own schema. Cheap to clone; all clones share one pool.
#[derive(Clone)]
pub struct Database(Pool);

impl Database {
    /// A connection, or an error that a repeat may mend if none is free in time.
    pub async fn conn(&self) -> Result<Conn, Error> {
        in_time(self.0.get_conn()).await
    }

    /// A transaction of the session's own isolation level.
    pub async fn begin(&self) -> Result<Tx, Error> {
        self.begin_with(TxOpts::default()).await
    }

    /// A transaction whose reads all see the schema as it is now, so they agree with each other.
    pub async fn snapshot(&self) -> Result<Tx, Error> {
        let mut options = TxOpts::default();
        options.with_isolation_level(IsolationLevel::RepeatableRead).with_consistent_snapshot(true);
        self.begin_with(options).await
    }

    async fn begin_with(&self, options: TxOpts) -> Result<Tx, Error> {
        in_time(self.0.start_transaction(options)).await
    }
}

/// Dropping a wait also gives up its place in the pool's queue.
async fn in_time<T>(wait: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(CONNECTION_WAIT_MAX, wait).await.unwrap_or_else(|elapsed| {
        let error = std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed);
        Err(Error::Io(IoError::Io(error)))
    })
}

/// The schema that `url` names. Connects at first use.
///
/// Sessions run at READ COMMITTED: rows are locked on purpose (`FOR UPDATE`), never gaps by
/// accident.
pub fn connect(variable: &'static str, url: &str) -> Result<Database, ConfigError> {
    connect_with(variable, url, "READ WRITE")
}

/// The same for a server that is only read from: a replica, or where there is none the primary,
/// which would not refuse a write by itself.
pub fn connect_to_read(variable: &'static str, url: &str) -> Result<Database, ConfigError> {
    connect_with(variable, url, "READ ONLY")
}

fn connect_with(variable: &'static str, url: &str, mode: &str) -> Result<Database, ConfigError> {
    let opts = Opts::from_url(url)
        .map_err(|_| ConfigError::Invalid(variable, "a mysql:// URL is expected"))?;
    let constraints = PoolConstraints::new(1, CONNECTIONS_MAX)
        .ok_or(ConfigError::Invalid(variable, "no connection is allowed"))?;
    // Resetting a connection on its return to the pool would cost round trips for nothing: sessions
    // keep no state between uses.
    let pool_opts = PoolOpts::new()
        .with_constraints(constraints)
        .with_inactive_connection_ttl(IDLE_CONNECTION_TTL)
        .with_reset_connection(false);
    let opts =
        OptsBuilder::from_opts(opts).tcp_keepalive(Some(KEEPALIVE)).stmt_cache_size(STATEMENTS_MAX);
    let session = vec![
        format!("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, {mode}"),
        format!(
            "SET time_zone = '+00:00', innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS_MAX},
                 wait_timeout = {SILENT_SESSION_SECONDS_MAX}"
        ),
    ];
    Ok(Database(Pool::new(opts.pool_opts(pool_opts).init(session))))
}

/// Why a schema was not brought to its newest version.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// MySQL cannot be reached.
    #[error("cannot reach the database")]
    Database(#[from] Error),
    /// A migration failed.
    #[error("a migration failed")]
    Migration(#[from] refinery::Error),
}

/// Brings the schema that `url` names to its newest version. The URL's user needs DDL rights.
pub async fn migrate(url: &str, migrations: Runner) -> Result<(), MigrationError> {
    // As the services' own sessions: a statement that copies rows locks none of those it reads.
    let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
    let opts =
        OptsBuilder::from_opts(Opts::from_url(url).map_err(Error::from)?).init(vec![isolation]);
    let mut pool = Pool::new(opts);
    let report = migrations.run_async(&mut pool).await?;
    for migration in report.applied_migrations() {
        tracing::info!(%migration, "applied");
    }
    Ok(pool.disconnect().await?)
}

/// A text as a literal of a statement without parameters. What could end the literal, or begin an
/// escape, is written in hexadecimal, whatever the session's SQL mode and character set.
pub fn text_literal(text: &str) -> String {
    let literal = if text.contains(['\'', '\\']) {
        bytes_literal(text.as_bytes())
    } else {
        format!("'{text}'")
    };
    format!("_utf8mb4 {literal}")
}

/// Bytes as a literal of a statement without parameters.
pub fn bytes_literal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let mut literal = String::with_capacity(bytes.len().saturating_mul(2).saturating_add(16));
    literal.push_str("X'");
    for byte in bytes {
        literal.push(DIGITS[usize::from(byte >> 4)]);
        literal.push(DIGITS[usize::from(byte & 15)]);
    }
    literal.push('\'');
    literal
}

/// The present, as precisely as MySQL stores it: what is answered now reads the same later.
pub fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_microsecond(now.microsecond()).unwrap_or(now)
}

/// A unique key already holds the value.
pub fn is_duplicate(error: &Error) -> bool {
    server_code(error) == Some(DUPLICATE_ENTRY)
}

/// Another transaction held a lock for too long (only the statement was undone), or two waited for
/// each other (the transaction was undone). Roll back, and do the whole transaction again.
pub fn is_lock_conflict(error: &Error) -> bool {
    is_lock_timeout(error) || is_deadlock(error)
}

/// Two transactions waited for each other, and this one was undone.
pub fn is_deadlock(error: &Error) -> bool {
    server_code(error) == Some(DEADLOCK)
}

/// Another transaction held a lock for too long, or at all where nobody waits for it.
pub fn is_lock_timeout(error: &Error) -> bool {
    matches!(server_code(error), Some(LOCK_WAIT_TIMEOUT | LOCK_NOWAIT))
}

/// Trying again may help: the server is away, overloaded, read-only after a failover, or locked; or
/// a program answers that knows more.
pub fn is_transient(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Driver(_) => true,
        Error::Server(server) => {
            is_lock_conflict(error)
                || matches!(
                    server.code,
                    TOO_MANY_CONNECTIONS | SHARE_IS_USED_UP | SHUTTING_DOWN | READ_ONLY
                )
                || TOOK_TOO_LONG.contains(&server.code)
                || server.state.starts_with("08")
        }
        Error::Other(_) => is_unknown_code(error),
        Error::Url(_) => false,
    }
}

/// The data itself is wrong, so no repeat will help. Any other failure may pass, if only after a
/// repair.
pub fn is_wrong_data(error: &Error) -> bool {
    match error {
        Error::Server(server) => WRONG_DATA.contains(&server.code),
        Error::Other(_) => !is_unknown_code(error),
        Error::Io(_) | Error::Driver(_) | Error::Url(_) => false,
    }
}

/// A row has a code that this program does not know, as while a newer one is deployed beside it:
/// that one can read it.
pub fn unknown_code(what: &str) -> Error {
    Error::Other(Box::new(UnknownCode(what.to_owned())))
}

fn is_unknown_code(error: &Error) -> bool {
    matches!(error, Error::Other(other) if other.is::<UnknownCode>())
}

#[derive(Debug, thiserror::Error)]
#[error("this program does not know {0} that was written")]
struct UnknownCode(String);

/// NULL where none may be, duplicate, out of range, truncated, not of the type, too long, without
/// its parent, refused by a CHECK (MySQL, MariaDB).
const WRONG_DATA: [u16; 10] = [1048, 1062, 1264, 1265, 1292, 1366, 1406, 1452, 3819, 4025];
const TOO_MANY_CONNECTIONS: u16 = 1040;
const SHUTTING_DOWN: u16 = 1053;
/// All connections that the server gives this user are open.
const SHARE_IS_USED_UP: u16 = 1226;
const DUPLICATE_ENTRY: u16 = 1062;
const LOCK_WAIT_TIMEOUT: u16 = 1205;
const DEADLOCK: u16 = 1213;
/// MySQL's; MariaDB says 1205.
const LOCK_NOWAIT: u16 = 3572;
const READ_ONLY: u16 = 1290;
/// The statement took longer than it said it may (MariaDB, MySQL).
const TOOK_TOO_LONG: [u16; 2] = [1969, 3024];

fn server_code(error: &Error) -> Option<u16> {
    if let Error::Server(server) = error { Some(server.code) } else { None }
}
