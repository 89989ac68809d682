//! How many messages one instance delivers in a second, and how long one receiver waits while
//! others are slow. Compare builds in one run, on one machine.

#![expect(clippy::print_stdout, reason = "figures are for the person at the terminal")]

use std::time::{Duration, Instant};

use events::Envelope;
use values::BusinessId;

use crate::webhook_endpoints::Shop;
use crate::webhook_turns::waits;

const SHOPS: usize = 50;
const MESSAGES: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures: cargo test -p notification webhook_rate -- --ignored --nocapture"]
async fn webhooks_delivered_in_a_second() {
    let shop = Shop::new().await;
    let businesses: Vec<BusinessId> = (0..SHOPS).map(|_| BusinessId::new()).collect();
    for business_id in &businesses {
        shop.open(*business_id).await;
        shop.register_of(*business_id, "/ok").await;
    }
    let events = (0..MESSAGES).zip(businesses.iter().cycle());
    let events: Vec<Envelope> = events.map(|(_, id)| shop.payment_of(*id)).collect();
    let start = Instant::now();
    for batch in events.chunks(100) {
        shop.fixture.deliver_payments(batch).await;
    }
    let queued = start.elapsed();
    shop.receiver.await_received("/ok", MESSAGES).await;
    let rate = 2_000.0 / start.elapsed().as_secs_f64();
    println!("{rate:.0} webhooks/s to {SHOPS} endpoints (queued in {queued:.1?})");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures: cargo test -p notification webhook_rate -- --ignored --nocapture"]
async fn how_long_a_receiver_waits_beside_slow_ones() {
    let shop = Shop::new().await;
    let quick = BusinessId::new();
    shop.open(quick).await;
    shop.register_of(quick, "/ok").await;
    tell("alone", &waits(&shop, quick, 200).await);
    let slow: Vec<BusinessId> = (0..40).map(|_| BusinessId::new()).collect();
    for business_id in &slow {
        shop.open(*business_id).await;
        shop.register_of(*business_id, "/slow/9000").await;
    }
    for _ in 0..5 {
        let events: Vec<Envelope> = slow.iter().map(|id| shop.payment_of(*id)).collect();
        shop.fixture.deliver_payments(&events).await;
    }
    shop.receiver.await_received("/slow/9000", 8).await;
    tell("beside 40 receivers that take 9 s", &waits(&shop, quick, 400).await);
}

fn tell(when: &str, waits: &[Duration]) {
    let middle = waits[waits.len() / 2];
    let late = waits.iter().rev().nth(waits.len() / 100).unwrap();
    println!("{when}: p50 {middle:.1?}, p99 {late:.1?} of {}", waits.len());
}
