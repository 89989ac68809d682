//! Appending events to a transaction.

use std::sync::Arc;

use events::{Envelope, Event};
use mysql_async::Error;
use mysql_async::prelude::Queryable;
use serde_json::Value;
use service::ConfigError;
use service::database::{Database, Tx};
use service::trace::TraceContext;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::publisher::Hub;
use crate::relay::Relay;
use crate::store;

/// The largest event, in bytes: far below what a batch of the hub holds, and small enough that the
/// host's largest invocation can be read.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;

/// A service's outbox. Cheap to clone; all clones share one relay.
#[derive(Clone)]
pub struct Outbox {
    /// The name of the service and of its hub.
    name: &'static str,
    relay: Arc<Relay>,
}

impl Outbox {
    /// Starts the relay of the service's own outbox to the service's own hub.
    pub fn start(database: Database, hub: Hub) -> Result<Self, ConfigError> {
        let name = hub.name;
        Ok(Self { name, relay: Relay::start(database, hub)? })
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
            source: format!("/{}", self.name),
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
        let mut events = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            let event = serde_json::to_string(envelope).map_err(other)?;
            if event.len() > EVENT_BYTES_MAX {
                return Err(Error::Other(format!("a {} is too large", envelope.kind).into()));
            }
            events.push(event);
        }
        Ok(if events.is_empty() { String::new() } else { store::insert_sql(&events) })
    }

    /// Commits, and wakes the relay.
    pub async fn commit(&self, tx: Tx) -> Result<(), Error> {
        tx.commit().await?;
        self.nudge();
        Ok(())
    }

    /// Wakes the relay. Each service's timer does so too, for what a crash left behind.
    pub fn nudge(&self) {
        self.relay.wake();
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(Box::new(error))
}
