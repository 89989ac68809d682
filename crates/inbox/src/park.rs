//! Putting aside what no repeat can mend.

use std::time::Instant;

use service::database::Database;

use crate::delivery::Delivery;
use crate::observe::{self, Outcome};
use crate::store;

/// How much of a parked event is kept, in bytes: parking must not fail, whatever was sent.
const PARKED_BYTES_MAX: usize = 1024 * 1024;
/// How much of the reason is kept, in bytes.
const REASON_BYTES_MAX: usize = 1_000;

/// Stores an event that cannot be processed for an operator to look at. A text that has no
/// usable event id is known by its digest.
pub(crate) async fn park(
    consumer: &'static str,
    database: &Database,
    delivery: &Delivery,
    reason: &str,
    start: Instant,
) -> Result<(), mysql_async::Error> {
    let event_key = match delivery.event() {
        Ok(event) => event.envelope.id.clone(),
        Err(_) => digest_of(&delivery.text),
    };
    let text = beginning(&delivery.text, PARKED_BYTES_MAX);
    let reason = beginning(reason, REASON_BYTES_MAX);
    let parked = async {
        let mut conn = database.conn().await?;
        store::insert_parked_event(&mut conn, consumer, &event_key, text, reason).await?;
        tracing::error!(consumer, event_key, reason, "parked an event");
        Ok(())
    };
    let parked = delivery.within(parked).await;
    let outcome = parked.is_ok().then_some(Outcome::Parked);
    observe::consumed(consumer, delivery, outcome, start);
    parked
}

fn digest_of(text: &str) -> String {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The beginning of a text, cut between two characters.
fn beginning(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
