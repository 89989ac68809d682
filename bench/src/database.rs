//! The server that is measured with: it must keep what it has committed, as one in Azure does.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};

use crate::Outcome;
use crate::load::{MEASURED, WARM_UP};

/// The throw-away server that `up exec-with-stores --durable` has started.
pub(crate) struct Server {
    url: String,
    pub(crate) pid: u32,
}

impl Server {
    /// Fails unless the server flushes and logs each commit: other figures would mean nothing.
    pub(crate) async fn given() -> Outcome<Self> {
        let url = std::env::var("TEST_MYSQL_URL").map_err(|_| "run `make bench`")?;
        let mut conn = Conn::new(Opts::from_url(&url)?).await?;
        let durable: Option<bool> = conn
            .query_first(
                "SELECT @@innodb_flush_log_at_trx_commit = 1 AND @@sync_binlog = 1 AND @@log_bin",
            )
            .await?;
        if durable != Some(true) {
            return Err("MariaDB does not flush and log each commit".into());
        }
        let places: Option<(String, String)> =
            conn.query_first("SELECT @@datadir, @@pid_file").await?;
        let (folder, file) = places.ok_or("no pid file")?;
        let pid = fs::read_to_string(Path::new(&folder).join(file))?.trim().parse()?;
        conn.disconnect().await?;
        Ok(Self { url, pid })
    }

    /// As the service knows it.
    pub(crate) fn url_of(&self, schema: &str) -> String {
        format!("{}/{schema}", self.url)
    }

    pub(crate) async fn connect(&self, schema: &str) -> Outcome<Conn> {
        Ok(Conn::new(Opts::from_url(&self.url_of(schema))?).await?)
    }

    /// An empty schema of this name.
    pub(crate) async fn create(&self, schema: &str) -> Outcome<()> {
        let mut conn = self.connect("mysql").await?;
        conn.query_drop(format!("DROP DATABASE IF EXISTS {schema}")).await?;
        conn.query_drop(format!("CREATE DATABASE {schema} CHARACTER SET utf8mb4")).await?;
        Ok(conn.disconnect().await?)
    }

    /// Gives back the disk of a schema and of what was logged.
    pub(crate) async fn drop(&self, schema: &str) -> Outcome<()> {
        let mut conn = self.connect("mysql").await?;
        conn.query_drop(format!("DROP DATABASE {schema}")).await?;
        conn.query_drop("RESET MASTER").await?;
        Ok(conn.disconnect().await?)
    }
}

/// What the least takes that a client alone can commit, one row in one round trip: microseconds,
/// the shortest first.
pub(crate) async fn commit_alone(conn: &mut Conn) -> Outcome<Vec<u64>> {
    const UPDATE: &str = "START TRANSACTION; UPDATE one_row SET number = number + 1; COMMIT";
    conn.query_drop("CREATE TABLE one_row (id INT NOT NULL PRIMARY KEY, number BIGINT)").await?;
    conn.query_drop("INSERT INTO one_row VALUES (1, 0)").await?;
    let start = Instant::now();
    let mut latencies = Vec::new();
    while start.elapsed() < WARM_UP.saturating_add(MEASURED) {
        let began = Instant::now();
        conn.query_drop(UPDATE).await?;
        latencies.push((start.elapsed(), began.elapsed()));
    }
    let measured = latencies.into_iter().filter(|(at, _)| *at >= WARM_UP);
    let mut measured: Vec<u64> = measured.map(|(_, took)| micros(took)).collect();
    measured.sort_unstable();
    Ok(measured)
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
