//! Appending events to a transaction, and relaying committed ones to the event hub.

use std::sync::Arc;
use std::time::{Duration, Instant};

use events::{Envelope, Event};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error};
use serde_json::Value;
use service::database::{Database, Tx};
use service::trace::TraceContext;
use service::{ConfigError, causes};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::publisher::{Hub, PublishError, Publisher};
use crate::{observe, store};

/// The largest event, in bytes: far below what a batch of the hub holds, and small enough that the
/// host's largest invocation can be read.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// Events sent between two looks at the table.
const RELAY_ROWS_MAX: usize = 500;
/// How long one step on the database may take: longer than the wait for another relay.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the relay waits after a failure before it tries again.
const RELAY_PAUSE: Duration = Duration::from_secs(1);

/// A service's outbox. Cheap to clone; all clones share one relay.
#[derive(Clone)]
pub struct Outbox {
    relay: Arc<Relay>,
}

struct Relay {
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

impl Outbox {
    /// Starts the relay of the service's own outbox to the service's own hub.
    pub fn start(database: Database, hub: Hub) -> Result<Self, ConfigError> {
        let name = hub.name;
        let publisher = Publisher::start(hub)?;
        let relay = Arc::new(Relay { name, database, publisher, committed: Notify::new() });
        tokio::spawn(Arc::clone(&relay).run());
        Ok(Self { relay })
    }

    /// An event about `subject`, brought about by `cause`.
    pub fn envelope<E: Event>(
        &self,
        cause: TraceContext,
        subject: String,
        event: &E,
    ) -> Result<Envelope, Error> {
        let data = serde_json::to_value(event).map_err(other)?;
        self.envelope_of(cause, subject, E::TYPE, data)
    }

    /// The same, for an event that is data already.
    pub fn envelope_of(
        &self,
        cause: TraceContext,
        subject: String,
        kind: &'static str,
        data: Value,
    ) -> Result<Envelope, Error> {
        Ok(Envelope {
            specversion: "1.0".to_owned(),
            id: Uuid::now_v7().to_string(),
            source: format!("/{}", self.relay.name),
            kind: kind.to_owned(),
            subject,
            time: OffsetDateTime::now_utc().format(&Rfc3339).map_err(other)?,
            traceparent: cause.to_string(),
            data,
        })
    }

    /// Makes events part of a transaction; end it with [`Outbox::commit`].
    pub async fn append(&self, tx: &mut Tx, envelopes: &[Envelope]) -> Result<(), Error> {
        let sql = Self::insert_sql(envelopes)?;
        if sql.is_empty() { Ok(()) } else { tx.query_drop(sql).await }
    }

    /// The one statement that makes events part of a transaction, for a caller who sends several at
    /// once; empty if there are no events. It has no parameters.
    pub fn insert_sql(envelopes: &[Envelope]) -> Result<String, Error> {
        let mut rows = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            let body = serde_json::to_string(envelope).map_err(other)?;
            if body.len() > EVENT_BYTES_MAX {
                return Err(Error::Other(format!("a {} is too large", envelope.kind).into()));
            }
            rows.push((&*envelope.subject, body));
        }
        Ok(if rows.is_empty() { String::new() } else { store::insert_sql(&rows) })
    }

    /// Commits, and wakes the relay.
    pub async fn commit(&self, tx: Tx) -> Result<(), Error> {
        tx.commit().await?;
        self.nudge();
        Ok(())
    }

    /// Wakes the relay. Each service's timer does so too, for what a crash left behind.
    pub fn nudge(&self) {
        self.relay.committed.notify_one();
    }
}

impl Relay {
    async fn run(self: Arc<Self>) {
        loop {
            self.committed.notified().await;
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

    /// Sends all that is committed. Only one instance does so at a time: two would reorder events.
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

    async fn send_rows(&self, conn: &mut Conn) -> Result<(), RelayError> {
        loop {
            let rows = in_time(store::list_outbox_rows(conn, RELAY_ROWS_MAX)).await?;
            observe::waiting(&rows);
            if rows.is_empty() {
                return Ok(());
            }
            let start = Instant::now();
            let published = self.publisher.publish(&rows).await;
            observe::relayed(self.name, &rows, published.is_ok(), start);
            published?;
            in_time(store::delete_outbox_rows(conn, &rows)).await?;
        }
    }
}

/// A server that vanished in the middle of a failover answers nothing, not even an error.
async fn in_time<T>(step: impl Future<Output = Result<T, Error>>) -> Result<T, RelayError> {
    Ok(tokio::time::timeout(STEP_TIMEOUT, step).await??)
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
