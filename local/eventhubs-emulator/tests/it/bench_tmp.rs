use crate::{client::*, emulator::*};
use azure_messaging_eventhubs::{EventDataBatchOptions, StartLocation};
use std::time::Instant;
#[tokio::test]
async fn bench() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    let body = "x".repeat(512);
    let bodies: Vec<&str> = (0..500).map(|_| body.as_str()).collect();
    let t = Instant::now();
    for _ in 0..20 {
        send_batch(&producer, EventDataBatchOptions::default(), &bodies).await.unwrap();
    }
    eprintln!("BENCH batches: {:.0}/s", 10_000.0 / t.elapsed().as_secs_f64());
    let t = Instant::now();
    for _ in 0..300 {
        within(producer.send_event(body.as_str(), None)).await.unwrap();
    }
    eprintln!("BENCH singles: {:.0}/s", 300.0 / t.elapsed().as_secs_f64());
    let consumer = consumer(&emulator.url, "log", "g").await;
    let t = Instant::now();
    receive(&consumer, "0", from(StartLocation::Earliest, false), 10_300).await;
    eprintln!("BENCH receive: {:.0}/s", 10_300.0 / t.elapsed().as_secs_f64());
    let t = Instant::now();
    for _ in 0..300 {
        let p = crate::client::producer(&emulator.url, "log").await;
        within(p.send_event("x", None)).await.unwrap();
    }
    eprintln!("BENCH 300 connections in {:?}", t.elapsed());
    let mut open = Vec::new();
    for _ in 0..40 {
        open.push(crate::client::producer(&emulator.url, "log").await);
    }
    let t = Instant::now();
    let sends = open.iter().map(|p| async move {
        for _ in 0..20 {
            within(p.send_event("x", None)).await.unwrap();
        }
    });
    futures_util::future::join_all(sends).await;
    eprintln!("BENCH 40 producers singles: {:.0}/s", 800.0 / t.elapsed().as_secs_f64());
}
