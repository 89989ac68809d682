//! What much costs: for whoever asks for the figures.

use std::{fs, time::Instant};

use azure_messaging_eventhubs::{
    EventDataBatchOptions, OpenReceiverOptions, StartLocation, models::EventData,
};
use futures_util::StreamExt as _;

use crate::{
    client::{consumer, from, producer, within},
    emulator::{DataDirectory, Emulator},
};

const EVENTS: u64 = 10_000_000;
const BODY_BYTES: usize = 60;
/// What the emulator may have in memory at any time, in MB: its logs are on disk.
const MEMORY_MB_MAX: u64 = 64;

/// The resident memory of the emulator, in MB.
fn memory_mb(emulator: &Emulator) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", emulator.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
}

#[ignore = "takes minutes: make hub-memory"]
#[expect(clippy::print_stdout, reason = "the figures")]
#[tokio::test]
async fn ten_million_events_take_no_more_memory_than_the_first() {
    let data = DataDirectory::new();
    let mut emulator = Emulator::start(&data);
    let (began, at_first) = (Instant::now(), memory_mb(&emulator));
    let client = producer(&emulator.url, "orders").await;
    let (mut sent, mut highest) = (0_u64, at_first);
    while sent < EVENTS {
        let batch = within(client.create_batch(Some(EventDataBatchOptions::default()))).await;
        let batch = batch.unwrap();
        let event = || EventData::builder().with_body(vec![7; BODY_BYTES]).build();
        let before = sent;
        while sent < EVENTS && batch.try_add_event_data(event(), None).unwrap() {
            sent += 1;
        }
        within(client.send_batch(batch, None)).await.unwrap();
        highest = highest.max(memory_mb(&emulator));
        if before / 1_000_000 < sent / 1_000_000 {
            let seconds = began.elapsed().as_secs();
            println!("{sent} events in {seconds} s: {highest} MB at most, {at_first} MB at first");
        }
    }
    let reader = consumer(&emulator.url, "orders", "g").await;
    let start = Some(from(StartLocation::Earliest, false));
    let options = OpenReceiverOptions { start_position: start, ..Default::default() };
    let receiver = within(reader.open_receiver_on_partition("0".to_owned(), Some(options)));
    let receiver = receiver.await.unwrap();
    let read = receiver.stream_events().take(100_000).map(Result::unwrap).count().await;
    highest = highest.max(memory_mb(&emulator));
    println!("{read} events are read: {highest} MB at most");
    assert!(highest < MEMORY_MB_MAX, "{highest} MB");
    emulator.kill();
    let began = Instant::now();
    let again = Emulator::start(&data);
    println!("started again in {} ms: {} MB", began.elapsed().as_millis(), memory_mb(&again));
}
