//! How many events a relay sends in a second. Compare builds in one run, on one machine.

use std::time::Instant;

use events::Envelope;
use outbox::Outbox;
use service::trace::TraceContext;

use crate::broker::Broker;
use crate::own_process::in_own_process;
use crate::relay::drained;
use crate::{CountedV1, fresh_database};

const TRANSACTIONS: u32 = 200;
const EVENTS_EACH: u32 = 200;
/// What a golden sample of payments has beside the envelope, in bytes.
const PADDING_BYTES: usize = 350;

#[test]
#[ignore = "prints a figure: cargo test -p outbox --test it rate -- --ignored --nocapture"]
fn events_relayed_in_a_second() {
    in_own_process("rate::events_relayed_in_a_second", async {
        let (database, broker) = (fresh_database().await, Broker::started());
        let outbox = Outbox::start(database.database.clone(), broker.hub()).unwrap();
        for transaction in 0..TRANSACTIONS {
            let mut tx = database.database.begin().await.unwrap();
            let envelopes: Vec<Envelope> = (0..EVENTS_EACH)
                .map(|position| {
                    let subject = format!("subject-{transaction}-{position}");
                    let counted = CountedV1 { position };
                    let mut event =
                        outbox.envelope(TraceContext::root(), subject, &counted).unwrap();
                    event.data["padding"] = "x".repeat(PADDING_BYTES).into();
                    event
                })
                .collect();
            outbox.append(&mut tx, &envelopes).await.unwrap();
            tx.commit().await.unwrap();
        }
        let start = Instant::now();
        outbox.nudge();
        drained(&database).await;
        let events = f64::from(TRANSACTIONS * EVENTS_EACH);
        let rate = events / start.elapsed().as_secs_f64();
        println!("{rate:.0} events/s relayed to {} partitions", broker.read().await.len());
    });
}
