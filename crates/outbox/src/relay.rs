//! Sending committed rows of the outbox to the event hub.
//!
//! Rows of one subject arrive in the order of their ids. Each read finds all rows that are
//! committed and were not read, the lowest ids first (`Unread`). What was read is acknowledged
//! before what is read next is sent. After a failure all begins anew with what is in the table. So
//! whatever a relay sends, all that precedes it in its subject was acknowledged or goes first. That
//! holds even while a relay that has lost its lock still sends beside the next one: a row is then
//! sent twice, and the first time counts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;
use mysql_async::{Conn, Error};
use service::database::Database;
use service::{ConfigError, causes};
use tokio::sync::Notify;

use crate::publisher::{Hub, PublishError, Published, Publisher};
use crate::store::Row;
use crate::unread::Unread;
use crate::{observe, store};

/// Rows read, and their events then sent, at a time. Twice as many are in memory: while some are
/// sent, the next are read.
const RELAY_ROWS_MAX: usize = 100;
/// How long one step on the database may take: longer than the wait for another relay.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the relay waits after a failure before it tries again.
const RELAY_PAUSE: Duration = Duration::from_secs(1);
/// How long an event waits for others, after a quiet moment or where few come: a round costs about
/// as much for one as for many, and takes it from the payments that come meanwhile.
const GATHERED_FOR: Duration = Duration::from_millis(20);
/// So many events need no others.
const FEW: usize = 250;

/// The relay of one service's outbox in this instance.
pub(crate) struct Relay {
    /// The name of the service and of its hub.
    name: &'static str,
    database: Database,
    publisher: Publisher,
    committed: Notify,
}

/// Why the relay stopped before the outbox was empty.
#[derive(Debug, thiserror::Error)]
enum RelayError {
    #[error("the outbox cannot be read")]
    Database(#[from] Error),
    #[error("the database did not answer in {STEP_TIMEOUT:?}")]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("the event hub does not take events")]
    Publish(#[from] PublishError),
}

impl Relay {
    /// Starts the relay of the service's own outbox to the service's own hub.
    pub(crate) fn start(database: Database, hub: Hub) -> Result<Arc<Self>, ConfigError> {
        let name = hub.name;
        let publisher = Publisher::start(hub)?;
        let relay = Arc::new(Self { name, database, publisher, committed: Notify::new() });
        tokio::spawn(Arc::clone(&relay).run());
        Ok(relay)
    }

    /// Lets it look at the table.
    pub(crate) fn wake(&self) {
        self.committed.notify_one();
    }

    async fn run(self: Arc<Self>) {
        loop {
            self.committed.notified().await;
            tokio::time::sleep(GATHERED_FOR).await;
            while let Err(error) = self.drain().await {
                tracing::warn!(causes = causes(&error), "the relay waits");
                if matches!(error, RelayError::Publish(PublishError::Stopped)) {
                    // Its thread panicked. The host starts the process again at once.
                    std::process::exit(1);
                }
                tokio::time::sleep(RELAY_PAUSE).await;
            }
        }
    }

    /// Sends all that is committed. One instance does so at a time: two would send all twice.
    async fn drain(&self) -> Result<(), RelayError> {
        let mut conn = in_time(self.database.conn()).await?;
        if !in_time(store::lock_relay(&mut conn)).await? {
            tracing::warn!("another instance has been relaying for long");
            return Ok(());
        }
        let sent = self.send_rows(&mut conn).await;
        if sent.is_ok() && in_time(store::unlock_relay(&mut conn)).await.is_ok() {
            return Ok(());
        }
        // The lock ends with the connection, which must not go back to the pool with it.
        in_time(conn.disconnect()).await?;
        sent
    }

    /// While rows are sent, those sent before them are deleted and the next are read.
    async fn send_rows(&self, conn: &mut Conn) -> Result<(), RelayError> {
        let mut unread = Unread::all();
        let mut rows: Arc<[Row]> = Arc::new([]);
        let mut sent = Vec::new();
        loop {
            let (published, next) =
                join(self.publish(&rows), delete_and_read(conn, &sent, &rows, &mut unread)).await;
            let next = match (published.failure, next) {
                (None, next) => next?,
                (Some(failure), next) => {
                    if next.is_ok() {
                        in_time(store::delete_outbox_rows(conn, &published.sent)).await?;
                    }
                    return Err(failure.into());
                }
            };
            if rows.is_empty() && next.is_empty() {
                return Ok(());
            }
            (rows, sent) = (next.into(), published.sent);
            let are_few = rows.iter().flat_map(Row::events).take(FEW).count() < FEW;
            if !rows.is_empty() && rows.len() < RELAY_ROWS_MAX && are_few {
                tokio::time::sleep(GATHERED_FOR).await;
            }
        }
    }

    async fn publish(&self, rows: &Arc<[Row]>) -> Published {
        if rows.is_empty() {
            return Published::default();
        }
        let start = Instant::now();
        let published = self.publisher.publish(Arc::clone(rows)).await;
        observe::relayed(self.name, rows, published.failure.is_none(), start);
        published
    }
}

/// Deletes what was sent, and returns the next rows after those that are being sent.
async fn delete_and_read(
    conn: &mut Conn,
    sent: &[u64],
    sending: &[Row],
    unread: &mut Unread,
) -> Result<Vec<Row>, RelayError> {
    if !sent.is_empty() {
        in_time(store::delete_outbox_rows(conn, sent)).await?;
    }
    if sending.is_empty() {
        // All that was read is deleted.
        *unread = Unread::all();
    } else if unread.is_too_scattered() {
        return Ok(Vec::new());
    }
    let next = in_time(store::list_outbox_rows(conn, unread.ranges(), RELAY_ROWS_MAX)).await?;
    unread.remove(next.iter().map(|row| row.id));
    observe::waiting(sending.iter().chain(&next));
    Ok(next)
}

/// A server that vanished in the middle of a failover answers nothing, not even an error.
async fn in_time<T>(step: impl Future<Output = Result<T, Error>>) -> Result<T, RelayError> {
    Ok(tokio::time::timeout(STEP_TIMEOUT, step).await??)
}

#[cfg(test)]
mod tests;
