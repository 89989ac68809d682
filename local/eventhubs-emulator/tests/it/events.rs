//! Sending, receiving and asking for properties.

use std::time::{Duration, SystemTime};

use azure_messaging_eventhubs::{
    EventDataBatchOptions, OpenReceiverOptions, SendEventOptions, StartLocation, models::EventData,
};
use futures_util::StreamExt as _;

use crate::{
    client::{bodies, consumer, counts, from, producer, receive, send_batch, sequences, within},
    emulator::{DataDirectory, Emulator},
};

#[tokio::test]
async fn a_keyed_batch_lands_in_order_in_the_one_partition_of_its_key() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "orders").await;
    let keyed = || EventDataBatchOptions {
        partition_key: Some("account-7".to_owned()),
        ..Default::default()
    };
    send_batch(&producer, keyed(), &["a", "b", "c"]).await.unwrap();
    send_batch(&producer, keyed(), &["d"]).await.unwrap();

    let counts = counts(&producer).await;
    let partition = counts.iter().position(|count| *count == 4).expect("all in one");
    let consumer = consumer(&emulator.url, "orders", "g").await;
    let earliest = from(StartLocation::Earliest, false);
    let events = receive(&consumer, &partition.to_string(), earliest, 4).await;
    assert_eq!(bodies(&events), ["a", "b", "c", "d"]);
    assert_eq!(sequences(&events), [0, 1, 2, 3]);
    let event = events.first().unwrap();
    assert_eq!(event.partition_key().as_deref(), Some("account-7"));
    assert_eq!(event.offset().as_deref(), Some("0"));
    let age = SystemTime::now().duration_since(event.enqueued_time().unwrap()).unwrap();
    assert!(age < Duration::from_secs(60));
}

/// Their hashes are 15372, 26269 and 30562; the last one's is -22341, and Azure takes the remainder
/// without its sign.
#[tokio::test]
async fn a_key_lands_in_the_partition_that_azure_has_for_its_hash() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "orders").await;
    let mut expected = [0; 4];
    for (key, partition) in [("!c*_!I@1^c", 0), ("$0cb", 1), ("131", 2), ("FWfAT", 1)] {
        let partition_key = Some(key.to_owned());
        let keyed = EventDataBatchOptions { partition_key, ..Default::default() };
        send_batch(&producer, keyed, &["event"]).await.unwrap();
        expected[partition] += 1;
        assert_eq!(counts(&producer).await, expected, "{key}");
    }
}

#[tokio::test]
async fn sends_without_a_key_take_the_partitions_by_turns() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "orders").await;
    for _ in 0..8 {
        within(producer.send_event("event", None)).await.unwrap();
    }
    assert_eq!(counts(&producer).await, [2, 2, 2, 2]);
}

#[tokio::test]
async fn an_event_keeps_its_properties_and_the_partition_it_was_sent_to() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "orders").await;
    let event = EventData::builder()
        .with_body("body")
        .with_content_type("application/json".to_owned())
        .with_message_id("id-1")
        .add_property("type".to_owned(), "payments.accepted.v1")
        .build();
    let options = SendEventOptions { partition_id: Some("2".to_owned()) };
    within(producer.send_event(event.clone(), Some(options))).await.unwrap();

    let consumer = consumer(&emulator.url, "orders", "g").await;
    let events = receive(&consumer, "2", from(StartLocation::Earliest, false), 1).await;
    let received = events.first().unwrap();
    assert_eq!(received.event_data().properties(), event.properties());
    assert_eq!(received.event_data().content_type(), event.content_type());
    assert_eq!(received.event_data().message_id(), event.message_id());
    assert_eq!(bodies(&events), ["body"]);
}

#[tokio::test]
async fn hub_and_partition_properties_tell_what_is_stored() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    let hub = within(producer.get_eventhub_properties()).await.unwrap();
    assert_eq!((hub.name.as_str(), hub.partition_ids), ("log", vec!["0".to_owned()]));
    let empty = within(producer.get_partition_properties("0")).await.unwrap();
    assert!(empty.is_empty);
    assert_eq!(empty.last_enqueued_sequence_number, -1);

    send_batch(&producer, EventDataBatchOptions::default(), &["a", "b"]).await.unwrap();
    let filled = within(producer.get_partition_properties("0")).await.unwrap();
    assert!(!filled.is_empty);
    assert_eq!(filled.beginning_sequence_number, 0);
    assert_eq!(filled.last_enqueued_sequence_number, 1);
}

#[tokio::test]
async fn a_consumer_starts_at_a_sequence_number_an_offset_or_a_time() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    send_batch(&producer, EventDataBatchOptions::default(), &["a", "b"]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    send_batch(&producer, EventDataBatchOptions::default(), &["c", "d"]).await.unwrap();

    let consumer = consumer(&emulator.url, "log", "g").await;
    let all = receive(&consumer, "0", from(StartLocation::Earliest, false), 4).await;
    let third = all.get(2).unwrap();
    let positions = [
        StartLocation::SequenceNumber(2),
        StartLocation::Offset(third.offset().clone().unwrap()),
        StartLocation::EnqueuedTime(third.enqueued_time().unwrap()),
    ];
    for (position, after) in positions.into_iter().zip(["d", "d", ""]) {
        let client = crate::client::consumer(&emulator.url, "log", "g").await;
        let events = receive(&client, "0", from(position.clone(), true), 2).await;
        assert_eq!(bodies(&events), ["c", "d"], "{position:?}");
        if !after.is_empty() {
            let client = crate::client::consumer(&emulator.url, "log", "g").await;
            let events = receive(&client, "0", from(position, false), 1).await;
            assert_eq!(bodies(&events), [after]);
        }
    }
}

#[tokio::test]
async fn a_consumer_of_the_latest_gets_only_what_is_sent_after_it_attached() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    within(producer.send_event("before", None)).await.unwrap();

    let consumer = consumer(&emulator.url, "log", "g").await;
    let receiver =
        consumer.open_receiver_on_partition("0".to_owned(), Some(OpenReceiverOptions::default()));
    let receiver = within(receiver).await.unwrap();
    let mut events = receiver.stream_events();
    // The SDK attaches at the first poll; there is nothing to see from outside when it has.
    let nothing = tokio::time::timeout(Duration::from_millis(500), events.next()).await;
    assert!(nothing.is_err(), "the event sent before");
    within(producer.send_event("after", None)).await.unwrap();
    let event = within(events.next()).await.unwrap().unwrap();
    assert_eq!(bodies(&[event]), ["after"]);
}

#[tokio::test]
async fn two_consumer_groups_both_get_every_event() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    let sent: Vec<String> = (0..1000).map(|number| format!("event {number}")).collect();
    let borrowed: Vec<&str> = sent.iter().map(String::as_str).collect();
    for chunk in borrowed.chunks(100) {
        send_batch(&producer, EventDataBatchOptions::default(), chunk).await.unwrap();
    }
    for group in ["g", "h"] {
        let consumer = consumer(&emulator.url, "log", group).await;
        let events = receive(&consumer, "0", from(StartLocation::Earliest, false), 1000).await;
        assert_eq!(bodies(&events), sent);
    }
}

#[tokio::test]
async fn an_event_larger_than_a_frame_arrives_whole() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let producer = producer(&emulator.url, "log").await;
    let body = "0123456789".repeat(20_000);
    within(producer.send_event(body.as_str(), None)).await.unwrap();
    let consumer = consumer(&emulator.url, "log", "g").await;
    let events = receive(&consumer, "0", from(StartLocation::Earliest, false), 1).await;
    assert_eq!(bodies(&events), [body]);
}
