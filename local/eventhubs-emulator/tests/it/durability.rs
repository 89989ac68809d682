//! What is left after the process was killed.

use std::cell::Cell;
use std::time::Duration;

use azure_messaging_eventhubs::{EventDataBatchOptions, SendEventOptions, StartLocation};
use tokio::time::{sleep, timeout};

use crate::{
    client::{bodies, consumer, from, producer, receive, send_batch, sequences, within},
    emulator::{DataDirectory, Emulator},
};

/// Sends until the emulator is gone and returns the bodies it acknowledged, which `count` counts.
pub(crate) async fn send_until_gone(url: String, name: &str, count: &Cell<usize>) -> Vec<String> {
    let producer = producer(&url, "log").await;
    let mut acknowledged = Vec::new();
    loop {
        let body = format!("{name} {}", acknowledged.len());
        let options = SendEventOptions { partition_id: Some("0".to_owned()) };
        let send = producer.send_event(body.clone(), Some(options));
        // Without the emulator the SDK goes on trying for a minute; a send takes a few
        // milliseconds.
        match timeout(Duration::from_secs(1), send).await {
            Ok(Ok(())) => {
                acknowledged.push(body);
                count.set(count.get() + 1);
            }
            Ok(Err(_)) | Err(_) => return acknowledged,
        }
    }
}

/// Waits until so many are acknowledged.
pub(crate) async fn until_acknowledged(count: &Cell<usize>, wanted: usize) {
    let reached = async {
        while count.get() < wanted {
            sleep(Duration::from_millis(1)).await;
        }
    };
    within(reached).await;
}

#[tokio::test]
async fn a_killed_emulator_keeps_every_acknowledged_event_and_continues_the_numbers() {
    let data = DataDirectory::new();
    let mut emulator = Emulator::start(&data);
    let url = emulator.url.clone();
    let count = Cell::new(0);
    let kill = async {
        until_acknowledged(&count, 31).await;
        emulator.kill();
    };
    let (a, b, c, ()) = tokio::join!(
        send_until_gone(url.clone(), "a", &count),
        send_until_gone(url.clone(), "b", &count),
        send_until_gone(url.clone(), "c", &count),
        kill,
    );
    let acknowledged = [a, b, c].concat();

    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    let state = within(producer.get_partition_properties("0")).await.unwrap();
    let count = state.last_enqueued_sequence_number + 1;
    let consumer = consumer(&emulator.url, "log", "g").await;
    let total = usize::try_from(count).unwrap();
    let events = receive(&consumer, "0", from(StartLocation::Earliest, false), total).await;
    assert_eq!(sequences(&events), (0..count).collect::<Vec<_>>());
    let kept = bodies(&events);
    let lost: Vec<_> = acknowledged.iter().filter(|body| !kept.contains(body)).collect();
    assert!(lost.is_empty(), "lost {lost:?}");

    send_batch(&producer, EventDataBatchOptions::default(), &["next"]).await.unwrap();
    let state = within(producer.get_partition_properties("0")).await.unwrap();
    assert_eq!(state.last_enqueued_sequence_number, count);
}

#[tokio::test]
async fn a_second_emulator_on_the_same_data_does_not_start() {
    let data = DataDirectory::new();
    let _first = Emulator::start(&data);
    let second = std::panic::catch_unwind(|| Emulator::start(&data));
    assert!(second.is_err());
}
