//! Consuming a batch of events, each exactly once.

use std::pin::Pin;
use std::time::Instant;

use events::{Envelope, Event};
use service::database::{Database, Tx, is_duplicate, is_lock_conflict, is_wrong_data};
use service::{Batch, Error, causes, trace};
use tracing::Instrument;

use crate::observe::{self, Outcome};
use crate::store;

/// How often a transaction is tried that lock conflicts undo, before the host is asked to repeat.
const ATTEMPTS_MAX: u32 = 5;
/// How much of a parked event is kept, in bytes: parking must not fail, whatever was sent.
const PARKED_BYTES_MAX: usize = 1024 * 1024;
/// How much of the reason is kept, in bytes.
const REASON_BYTES_MAX: usize = 1_000;
/// The longest event id, as the tables hold it.
const EVENT_ID_LENGTH_MAX: usize = 64;

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

/// What an event does in its transaction. Boxed, because an `AsyncFn` cannot be shown to be `Send`
/// for every transaction that it may borrow.
pub type Effect<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// The event's data if it is a `T`, `None` if it is of another kind. Data that is not what its kind
/// promises is poison.
pub fn decode<T: Event>(event: &Envelope) -> Result<Option<T>, Failure> {
    event.decode().transpose().map_err(Failure::poison)
}

/// Applies each event of a batch in a transaction of its own, which `apply` undoes by failing.
///
/// An error means that the database failed; the host delivers the whole batch again, and what had
/// its effect already is skipped. What no repeat can mend is parked.
pub async fn consume(
    database: &Database,
    batch: Batch,
    apply: impl for<'a> Fn(&'a mut Tx, &'a Envelope) -> Effect<'a>,
) -> Result<(), Error> {
    let consumer = batch.function;
    for text in batch.events {
        let envelope = serde_json::from_str::<Envelope>(&text);
        let cause = envelope.as_ref().ok().and_then(|envelope| envelope.traceparent.parse().ok());
        let step = cause.unwrap_or_else(trace::current).child();
        let span = tracing::info_span!(
            "event",
            consumer,
            trace_id = step.trace_id(),
            event_id = envelope.as_ref().ok().map(|envelope| &envelope.id),
            kind = envelope.as_ref().ok().map(|envelope| &envelope.kind),
        );
        let start = Instant::now();
        let work = async {
            let consumed = match &envelope {
                Ok(envelope) => consume_one(database, consumer, &text, envelope, &apply).await,
                Err(error) => park(database, consumer, None, &text, &error.to_string()).await,
            };
            let outcome = consumed.as_ref().ok().copied();
            observe::consumed(step, consumer, envelope.as_ref().ok(), outcome, start);
            consumed
        };
        trace::within(step, work.instrument(span)).await?;
    }
    // What the batch asked for is done, so a failed clean-up must not bring it back.
    let pruned = async { store::prune_inbox(&mut database.conn().await?).await };
    if let Err(error) = pruned.await {
        tracing::warn!(causes = causes(&error), "cannot prune the inbox");
    }
    Ok(())
}

async fn consume_one(
    database: &Database,
    consumer: &'static str,
    text: &str,
    envelope: &Envelope,
    apply: &impl for<'a> Fn(&'a mut Tx, &'a Envelope) -> Effect<'a>,
) -> Result<Outcome, mysql_async::Error> {
    if !(1..=EVENT_ID_LENGTH_MAX).contains(&envelope.id.len()) {
        return park(database, consumer, None, text, "the event's id is empty or too long").await;
    }
    let mut attempt: u32 = 1;
    loop {
        let reason = match try_once(database, consumer, envelope, apply).await {
            Ok(outcome) => return Ok(outcome),
            Err(Failure::Poison(reason)) => reason,
            Err(Failure::Database(error)) if is_lock_conflict(&error) => {
                if attempt >= ATTEMPTS_MAX {
                    return Err(error);
                }
                attempt = attempt.saturating_add(1);
                continue;
            }
            Err(Failure::Database(error)) if is_wrong_data(&error) => causes(&error),
            Err(Failure::Database(error)) => return Err(error),
        };
        return park(database, consumer, Some(&envelope.id), text, &reason).await;
    }
}

async fn try_once(
    database: &Database,
    consumer: &'static str,
    envelope: &Envelope,
    apply: &impl for<'a> Fn(&'a mut Tx, &'a Envelope) -> Effect<'a>,
) -> Result<Outcome, Failure> {
    let mut tx = database.begin().await?;
    match store::insert_inbox_row(&mut tx, consumer, &envelope.id).await {
        Ok(()) => {
            apply(&mut tx, envelope).await?;
            tx.commit().await?;
            tracing::info!("consumed");
            Ok(Outcome::Applied)
        }
        Err(error) if is_duplicate(&error) => {
            tracing::info!("seen before");
            Ok(Outcome::SeenBefore)
        }
        Err(error) => Err(error.into()),
    }
}

/// Stores an event that cannot be processed for an operator to look at. A text that has no usable
/// event id is known by its digest.
async fn park(
    database: &Database,
    consumer: &'static str,
    event_id: Option<&str>,
    text: &str,
    reason: &str,
) -> Result<Outcome, mysql_async::Error> {
    let digest;
    let event_key = match event_id {
        Some(event_id) => event_id,
        None => {
            let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
            digest = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            &digest
        }
    };
    let (text, reason) = (start(text, PARKED_BYTES_MAX), start(reason, REASON_BYTES_MAX));
    let mut conn = database.conn().await?;
    store::insert_parked_event(&mut conn, consumer, event_key, text, reason).await?;
    tracing::error!(consumer, event_key, reason, "parked an event");
    Ok(Outcome::Parked)
}

/// The beginning of a text, cut between two characters.
fn start(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
