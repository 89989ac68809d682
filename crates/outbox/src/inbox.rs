//! Consuming a batch of events, each exactly once.

use events::Envelope;
use futures_util::future::BoxFuture;
use mysql_async::{Pool, TxOpts};
use service::trace::{self, TraceContext};
use service::{Problem, database};
use tracing::Instrument;

use crate::{Tx, store};

/// A transaction undone by a lock conflict is tried so often before the host is asked to repeat.
const ATTEMPTS_MAX: u32 = 5;

/// Why an event had no effect.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event itself is wrong: no repeat will help, so it is parked.
    #[error("{0}")]
    Poison(String),
    /// The database failed: the event is delivered again.
    #[error(transparent)]
    Database(#[from] mysql_async::Error),
}

impl Failure {
    /// The event is wrong, for this reason.
    pub fn poison(reason: impl ToString) -> Self {
        Self::Poison(reason.to_string())
    }
}

/// Applies each event of a batch in a transaction of its own; `consumer` is the function's name.
///
/// An error means that the database failed; the host delivers the whole batch again, and what had
/// its effect already is skipped.
pub async fn consume<F>(
    pool: &Pool,
    consumer: &'static str,
    batch: Vec<String>,
    apply: F,
) -> Result<(), Problem>
where
    F: for<'a> Fn(&'a mut Tx, &'a Envelope) -> BoxFuture<'a, Result<(), Failure>> + Sync,
{
    for text in batch {
        let consumed = match serde_json::from_str::<Envelope>(&text) {
            Ok(envelope) => {
                let cause = envelope.traceparent.parse::<TraceContext>();
                let context = cause.map_or_else(|_| trace::current(), TraceContext::child);
                let span = tracing::info_span!(
                    "event",
                    consumer,
                    trace_id = context.trace_id(),
                    event_id = envelope.id,
                    kind = envelope.kind,
                );
                let work = consume_one(pool, consumer, &text, &envelope, &apply);
                trace::within(context, work.instrument(span)).await
            }
            Err(error) => park(pool, consumer, None, &text, &error.to_string()).await,
        };
        consumed.map_err(|error| Problem::internal(&error))?;
    }
    Ok(())
}

async fn consume_one<F>(
    pool: &Pool,
    consumer: &'static str,
    text: &str,
    envelope: &Envelope,
    apply: &F,
) -> Result<(), mysql_async::Error>
where
    F: for<'a> Fn(&'a mut Tx, &'a Envelope) -> BoxFuture<'a, Result<(), Failure>> + Sync,
{
    let mut attempt: u32 = 1;
    loop {
        match try_once(pool, consumer, envelope, apply).await {
            Ok(()) => return Ok(()),
            Err(Failure::Poison(reason)) => {
                return park(pool, consumer, Some(&envelope.id), text, &reason).await;
            }
            Err(Failure::Database(error)) => {
                if attempt >= ATTEMPTS_MAX || !database::is_lock_conflict(&error) {
                    return Err(error);
                }
                attempt = attempt.saturating_add(1);
            }
        }
    }
}

async fn try_once<F>(
    pool: &Pool,
    consumer: &'static str,
    envelope: &Envelope,
    apply: &F,
) -> Result<(), Failure>
where
    F: for<'a> Fn(&'a mut Tx, &'a Envelope) -> BoxFuture<'a, Result<(), Failure>> + Sync,
{
    let mut tx = pool.start_transaction(TxOpts::default()).await?;
    match store::insert_inbox_row(&mut tx, consumer, &envelope.id).await {
        Ok(()) => {
            apply(&mut tx, envelope).await?;
            tx.commit().await?;
            tracing::info!("consumed");
        }
        Err(error) if database::is_duplicate(&error) => tracing::info!("seen before"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Stores an event that cannot be processed, once, for an operator to look at and replay.
async fn park(
    pool: &Pool,
    consumer: &'static str,
    event_id: Option<&str>,
    text: &str,
    reason: &str,
) -> Result<(), mysql_async::Error> {
    let mut tx = pool.start_transaction(TxOpts::default()).await?;
    if let Some(event_id) = event_id {
        match store::insert_inbox_row(&mut tx, consumer, event_id).await {
            Err(error) if database::is_duplicate(&error) => return Ok(()),
            inserted => inserted?,
        }
    }
    store::insert_parked_event(&mut tx, consumer, text, reason).await?;
    tx.commit().await?;
    tracing::error!(consumer, reason, "parked an event");
    Ok(())
}
