//! Consuming a batch of events, each exactly once.

use std::collections::HashSet;
use std::pin::Pin;
use std::time::Instant;

use events::{Envelope, Event as Data};
use service::database::{Database, Tx, is_duplicate, is_lock_conflict, is_wrong_data};
use service::{Batch, Error, causes};

use crate::delivery::{Delivery, Event};
use crate::observe::{self, Outcome};
use crate::park::park;
use crate::store;

/// How often a transaction is tried that lock conflicts undo, before the host is asked to repeat.
const ATTEMPTS_MAX: u32 = 5;
/// One batch in so many forgets old rows …
const PRUNED_ONE_IN: usize = 8;
/// … as many for each of its events: twice as many as come.
const PRUNED_PER_EVENT: usize = 2 * PRUNED_ONE_IN;

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
pub fn decode<T: Data>(event: &Envelope) -> Result<Option<T>, Failure> {
    event.decode().transpose().map_err(Failure::poison)
}

/// What the events of one transaction do in it, in their order.
#[derive(Clone, Copy)]
enum Apply<'f> {
    OneByOne(&'f (dyn for<'a> Fn(&'a mut Tx, &'a Envelope) -> Effect<'a> + Sync)),
    Together(&'f (dyn for<'a> Fn(&'a mut Tx, &'a [&'a Envelope]) -> Effect<'a> + Sync)),
}

/// Applies the events of a batch in their order, in one transaction if none fails. `apply` undoes
/// the transaction by failing; all of its events but the one that is wrong are then applied again.
///
/// An error means that the database failed; the host delivers the whole batch again, and what had
/// its effect already is skipped. What no repeat can mend is parked.
pub async fn consume(
    database: &Database,
    batch: Batch,
    apply: impl for<'a> Fn(&'a mut Tx, &'a Envelope) -> Effect<'a> + Sync,
) -> Result<(), Error> {
    consume_batch(database, batch, Apply::OneByOne(&apply)).await
}

/// Like [`consume`], for a service that applies many events by a few statements.
pub async fn consume_together(
    database: &Database,
    batch: Batch,
    apply: impl for<'a> Fn(&'a mut Tx, &'a [&'a Envelope]) -> Effect<'a> + Sync,
) -> Result<(), Error> {
    consume_batch(database, batch, Apply::Together(&apply)).await
}

async fn consume_batch(database: &Database, batch: Batch, apply: Apply<'_>) -> Result<(), Error> {
    let consumer = Consumer { name: batch.function, database, apply };
    let read = |text| Delivery::read(consumer.name, text);
    let deliveries: Vec<Delivery> = batch.events.into_iter().map(read).collect();
    let mut events = Vec::with_capacity(deliveries.len());
    for delivery in &deliveries {
        match delivery.event() {
            Ok(event) => events.push(event),
            Err(reason) => park(consumer.name, database, delivery, &reason, Instant::now()).await?,
        }
    }
    consumer.take(&events).await?;
    if fastrand::usize(..PRUNED_ONE_IN) == 0 {
        prune(database, deliveries.len().saturating_mul(PRUNED_PER_EVENT)).await;
    }
    Ok(())
}

/// What the batch asked for is done, so a failed clean-up must not bring it back.
async fn prune(database: &Database, rows_max: usize) {
    let pruned = async { store::prune_inbox(&mut database.conn().await?, rows_max).await };
    if let Err(error) = pruned.await {
        tracing::warn!(causes = causes(&error), "cannot prune the inbox");
    }
}

/// A function of the service, at work on a batch.
struct Consumer<'f> {
    name: &'static str,
    database: &'f Database,
    apply: Apply<'f>,
}

impl Consumer<'_> {
    /// A part that fails for what is in it is halved, until what is wrong stands alone: one wrong
    /// event among many costs a few transactions, not one for each.
    async fn take(&self, events: &[Event<'_>]) -> Result<(), mysql_async::Error> {
        let mut parts = vec![events];
        while let Some(part) = parts.pop() {
            let start = Instant::now();
            match self.try_often(part).await {
                Ok(new) => self.tell(part, &new, start).await,
                Err(Failure::Poison(reason)) => match part {
                    [event] => {
                        park(self.name, self.database, event.delivery, &reason, start).await?;
                    }
                    _ => {
                        let (first, second) = part.split_at(part.len().div_ceil(2));
                        parts.extend([second, first]);
                    }
                },
                Err(Failure::Database(error)) => {
                    for event in part {
                        observe::consumed(self.name, event.delivery, None, start);
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Data that the database refuses is poison as well.
    async fn try_often<'e>(&self, part: &[Event<'e>]) -> Result<Vec<Event<'e>>, Failure> {
        let mut attempt: u32 = 1;
        loop {
            match self.try_once(part).await {
                Err(Failure::Database(error)) if is_lock_conflict(&error) => {
                    if attempt >= ATTEMPTS_MAX {
                        return Err(error.into());
                    }
                    attempt = attempt.saturating_add(1);
                }
                Err(Failure::Database(error)) if is_wrong_data(&error) => {
                    return Err(Failure::Poison(causes(&error)));
                }
                tried => return tried,
            }
        }
    }

    /// Returns the events that were applied; the others were seen before.
    async fn try_once<'e>(&self, part: &[Event<'e>]) -> Result<Vec<Event<'e>>, Failure> {
        let mut tx = self.database.begin().await?;
        let new = self.insert_new(&mut tx, part).await?;
        match self.apply {
            _ if new.is_empty() => return Ok(new),
            Apply::OneByOne(apply) => {
                for event in &new {
                    event.delivery.within(apply(&mut tx, event.envelope)).await?;
                }
            }
            Apply::Together(apply) => {
                let envelopes: Vec<&Envelope> = new.iter().map(|event| event.envelope).collect();
                apply(&mut tx, &envelopes).await?;
            }
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Makes the events known, and returns those that were not. Whoever delivers one of them at the
    /// same time waits here until this transaction ends.
    async fn insert_new<'e>(
        &self,
        tx: &mut Tx,
        part: &[Event<'e>],
    ) -> Result<Vec<Event<'e>>, mysql_async::Error> {
        let mut new = part.to_vec();
        while !new.is_empty() {
            let mut ids: Vec<&str> = new.iter().map(|event| &*event.envelope.id).collect();
            // All transactions lock in one order, so none waits in a circle.
            ids.sort_unstable();
            match store::insert_inbox_rows(tx, self.name, &ids).await {
                Err(error) if is_duplicate(&error) => {
                    let seen = store::list_inbox_rows(tx, self.name, &ids).await?;
                    let length = new.len();
                    new.retain(|event| !seen.contains(&event.envelope.id));
                    // Twice among these, for the table at least: spaces at the end of an id are
                    // nothing to it. In halves, the second is seen before.
                    if new.len() == length {
                        return if length == 1 { Ok(Vec::new()) } else { Err(error) };
                    }
                }
                inserted => return inserted.map(|()| new),
            }
        }
        Ok(new)
    }

    async fn tell(&self, part: &[Event<'_>], new: &[Event<'_>], start: Instant) {
        let new: HashSet<&str> = new.iter().map(|event| &*event.envelope.id).collect();
        for event in part {
            let outcome = if new.contains(&*event.envelope.id) {
                event.delivery.within(async { tracing::info!("consumed") }).await;
                Outcome::Applied
            } else {
                event.delivery.within(async { tracing::info!("seen before") }).await;
                Outcome::SeenBefore
            };
            observe::consumed(self.name, event.delivery, Some(outcome), start);
        }
    }
}
