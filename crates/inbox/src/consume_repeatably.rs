//! Consuming a batch whose effect is outside MySQL, and the same however often it is had.

use std::time::Instant;

use events::Envelope;
use service::database::Database;
use service::{Batch, Error};

use crate::consume::Failure;
use crate::delivery::Delivery;
use crate::observe::{self, Outcome};
use crate::park::park;

/// Reads each event of a batch, and has one effect for all that could be read. No event is
/// remembered: a row here and an effect elsewhere could not be had together, so the effect itself
/// must be the same when it is had again, and in whichever order. What cannot be read is parked.
///
/// An error means that the effect was not had, or not all of it; the host delivers the whole batch
/// again.
pub async fn consume_repeatably<T, Fut: Future<Output = Result<(), Error>>>(
    database: &Database,
    batch: Batch,
    read: impl Fn(&Envelope) -> Result<T, Failure>,
    effect: impl FnOnce(Vec<T>) -> Fut,
) -> Result<(), Error> {
    let (name, start) = (batch.function, Instant::now());
    let mut readings = Vec::with_capacity(batch.events.len());
    let mut deliveries = Vec::with_capacity(batch.events.len());
    for text in batch.events {
        let delivery = Delivery::read(name, text);
        let reading = match delivery.event() {
            Ok(event) => read(event.envelope),
            Err(reason) => Err(Failure::Poison(reason)),
        };
        match reading {
            Ok(reading) => {
                readings.push(reading);
                deliveries.push(delivery);
            }
            Err(Failure::Poison(reason)) => {
                park(name, database, &delivery, &reason, start).await?;
            }
            Err(Failure::Database(error)) => return Err(error.into()),
        }
    }
    let had = if readings.is_empty() { Ok(()) } else { effect(readings).await };
    let outcome = had.is_ok().then_some(Outcome::Applied);
    for delivery in &deliveries {
        if outcome.is_some() {
            delivery.within(async { tracing::info!("consumed") }).await;
        }
        observe::consumed(name, delivery, outcome, start);
    }
    had
}
