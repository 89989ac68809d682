//! How many events a second eventhubs-emulator takes and gives, with the official SDK for Rust on
//! the other side, which needs more of the machine than the emulator does.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{iter, thread};

use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{
    ConsumerClient, EventDataBatchOptions, OpenReceiverOptions, ProducerClient, StartLocation,
    StartPosition,
};
use futures_util::StreamExt;
use testkit::{identity_secret, storage_credential};
use tokio::net::TcpStream;
use tokio::runtime;
use tokio::time::{sleep, timeout};

use super::tell;
use crate::Outcome;
use crate::process::{Part, Program, Usage, free_address};

const HUB: &str = "load";
/// Each has a client of its own.
const PARTITIONS: usize = 4;
const NAMESPACE: &str = "local";
/// The size of an event, and how many are sent at once.
const EVENT_BYTES: usize = 1_024;
const BATCH: usize = 100;
/// Batches of each client: less than what a partition keeps.
const BATCHES: usize = 500;
/// How long all together may take, and how often it is asked whether the emulator listens.
const PATIENCE: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(5);

pub(super) async fn measure(folder: &Path) -> Outcome<()> {
    eprintln!("bench: events");
    let address = free_address()?.to_string();
    let (data, hub) = (folder.join("hubs").display().to_string(), format!("{HUB}:{PARTITIONS}"));
    let args = ["--listen", &address, "--data", &data, "--hub", &hub];
    let secret = [("IDENTITY_HEADER".to_owned(), identity_secret())];
    let log = folder.join("hubs.log");
    let emulator = Program::start("eventhubs-emulator", &args, &secret, &log)?;
    while TcpStream::connect(&address).await.is_err() {
        sleep(POLL).await;
    }
    let processes = [(Part::EventHub, emulator.pid())];
    for (what, act) in [("sent", Act::Send), ("received", Act::Receive)] {
        let url = format!("amqp://{address}");
        let before = Usage::of(&processes)?;
        let took = tokio::task::spawn_blocking(move || all_partitions(&url, act)).await??;
        let used = Usage::of(&processes)?.since(&before);
        let used = used.0.get(&Part::EventHub).copied().unwrap_or_default();
        let events = f64::from(u32::try_from(PARTITIONS * BATCHES * BATCH)?);
        tell(&format!("events of 1 KiB {what}"), events / took.as_secs_f64(), "/s");
        let cpu = used.as_secs_f64() * 1e6 / events;
        tell("  CPU of eventhubs-emulator an event", cpu, "µs");
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Act {
    Send,
    Receive,
}

/// How long it took until all clients were done. Each has a thread: on several, this SDK can miss
/// an acknowledgement.
fn all_partitions(url: &str, act: Act) -> Outcome<Duration> {
    let began = Instant::now();
    let clients = (0..PARTITIONS).map(|partition| {
        let (url, partition) = (url.to_owned(), partition.to_string());
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                match act {
                    Act::Send => timeout(PATIENCE, send(url, partition)).await?,
                    Act::Receive => timeout(PATIENCE, receive(url, partition)).await?,
                }
            })
        })
    });
    let clients: Vec<thread::JoinHandle<Outcome<()>>> = clients.collect();
    for client in clients {
        client.join().map_err(|_| "a client panicked")??;
    }
    Ok(began.elapsed())
}

async fn send(url: String, partition: String) -> Outcome<()> {
    let client = ProducerClient::builder().with_custom_endpoint(url);
    let client = client.open(NAMESPACE, HUB, storage_credential()).await?;
    let event = || EventData::builder().with_body(vec![b'e'; EVENT_BYTES]).build();
    for _ in 0..BATCHES {
        let partition_id = Some(partition.clone());
        let options = EventDataBatchOptions { partition_id, ..EventDataBatchOptions::default() };
        let batch = client.create_batch(Some(options)).await?;
        for event in iter::repeat_with(event).take(BATCH) {
            if !batch.try_add_event_data(event, None)? {
                return Err("a batch is full".into());
            }
        }
        client.send_batch(batch, None).await?;
    }
    Ok(client.close().await?)
}

async fn receive(url: String, partition: String) -> Outcome<()> {
    let client = ConsumerClient::builder().with_custom_endpoint(url);
    let client = client.open(NAMESPACE, HUB.to_owned(), storage_credential()).await?;
    let start = StartPosition { location: StartLocation::Earliest, inclusive: true };
    let options = OpenReceiverOptions {
        start_position: Some(start),
        prefetch: Some(u32::try_from(BATCH)?),
        ..OpenReceiverOptions::default()
    };
    let receiver = client.open_receiver_on_partition(partition, Some(options)).await?;
    let mut events = receiver.stream_events().take(BATCHES * BATCH);
    while let Some(event) = events.next().await {
        event?;
    }
    Ok(())
}
