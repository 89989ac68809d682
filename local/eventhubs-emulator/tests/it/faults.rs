//! What the administrator makes go wrong, and that the official SDK goes on afterwards.

use std::{future, time::Duration};

use azure_messaging_eventhubs::{OpenReceiverOptions, StartLocation};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    client::{bodies, consumer, from, producer, receive, within},
    emulator::{DataDirectory, Emulator},
};

impl Emulator {
    async fn misbehave(&self, faults: Value) -> u16 {
        let url = format!("{}/faults", self.admin);
        let told = reqwest::Client::new().put(url).json(&faults).send();
        within(told).await.unwrap().status().as_u16()
    }

    async fn detach(&self, hub: &str) -> u16 {
        let url = format!("{}/hubs/{hub}/detach", self.admin);
        within(reqwest::Client::new().post(url).send()).await.unwrap().status().as_u16()
    }

    async fn hub(&self, name: &str) -> Value {
        let url = format!("{}/hubs", self.admin);
        let hubs: Value = within(reqwest::get(url)).await.unwrap().json().await.unwrap();
        hubs[name].clone()
    }
}

#[tokio::test]
async fn a_send_to_a_busy_hub_is_tried_again_until_the_hub_is_busy_no_more() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let (log, orders) =
        (producer(&emulator.url, "log").await, producer(&emulator.url, "orders").await);
    assert_eq!(emulator.misbehave(json!({ "log": { "events_per_second": 0 } })).await, 204);
    within(orders.send_event("elsewhere", None)).await.unwrap();
    let free = async {
        while emulator.hub("log").await["refused"] == 0 {}
        assert_eq!(emulator.misbehave(json!({})).await, 204);
    };
    let (sent, ()) = tokio::join!(within(log.send_event("patient", None)), free);
    sent.unwrap();
    let state = emulator.hub("log").await;
    let end = &state["partitions"]["0"];
    assert_eq!((&end["first_sequence"], &end["next_sequence"]), (&json!(0), &json!(1)), "{state}");
    let reader = consumer(&emulator.url, "log", "g").await;
    let events = receive(&reader, "0", from(StartLocation::Earliest, false), 1).await;
    assert_eq!(bodies(&events), ["patient"]);
}

/// As this system's own programs do: a link that fails, or is silent, is given up with its client,
/// since the SDK of Rust does not always notice what detached it.
#[tokio::test]
async fn producer_and_consumer_go_on_when_their_links_were_detached() {
    const SILENCE: Duration = Duration::from_millis(500);
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let log = producer(&emulator.url, "log").await;
    let reader = consumer(&emulator.url, "log", "g").await;
    let start = Some(from(StartLocation::Earliest, false));
    let options = OpenReceiverOptions { start_position: start, ..Default::default() };
    let receiver = reader.open_receiver_on_partition("0".to_owned(), Some(options));
    let receiver = within(receiver).await.unwrap();
    within(log.send_event("before", None)).await.unwrap();
    let mut events = receiver.stream_events();
    assert_eq!(bodies(&[within(events.next()).await.unwrap().unwrap()]), ["before"]);

    assert_eq!(emulator.detach("log").await, 204);
    within(async { while emulator.hub("log").await["detached"] != 2 {} }).await;

    if !matches!(timeout(SILENCE, log.send_event("after", None)).await, Ok(Ok(()))) {
        let log = producer(&emulator.url, "log").await;
        within(log.send_event("after", None)).await.unwrap();
    }
    // The SDK attaches again where it began, so what is known comes once more.
    let mut news = events.filter(|event| {
        let is_known = event.as_ref().is_ok_and(|event| event.sequence_number() == Some(0));
        future::ready(!is_known)
    });
    let next = match timeout(SILENCE, news.next()).await {
        Ok(Some(Ok(event))) => vec![event],
        Ok(Some(Err(_)) | None) | Err(_) => {
            let reader = consumer(&emulator.url, "log", "g").await;
            receive(&reader, "0", from(StartLocation::SequenceNumber(0), false), 1).await
        }
    };
    assert_eq!(bodies(&next), ["after"]);
}

#[tokio::test]
async fn a_delay_holds_back_what_is_sent_and_a_fault_of_no_hub_is_refused() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let log = producer(&emulator.url, "log").await;
    within(log.send_event("opens the link", None)).await.unwrap();
    assert_eq!(emulator.misbehave(json!({ "log": { "delay_ms": 120_000 } })).await, 204);
    let kept_waiting = tokio::select! {
        _ = log.send_event("waits", None) => false,
        () = sleep(Duration::from_millis(300)) => true,
    };
    assert!(kept_waiting);
    assert_eq!(emulator.hub("log").await["partitions"]["0"]["next_sequence"], 1);

    for (wrong, status) in [
        (json!({ "nowhere": {} }), 404),
        (json!({ "log": { "delay_ms": 120_001 } }), 400),
        (json!({ "log": { "is_slow": true } }), 400),
    ] {
        assert_eq!(emulator.misbehave(wrong.clone()).await, status, "{wrong}");
    }
    assert_eq!(emulator.detach("nowhere").await, 404);
    // What was refused has changed nothing.
    assert_eq!(emulator.hub("log").await["fault"]["delay_ms"], 120_000);
}
