//! What the emulator refuses, and that it goes on serving afterwards.

use std::time::Duration;

use azure_messaging_eventhubs::{
    EventDataBatchOptions, OpenReceiverOptions, SendEventOptions, StartLocation,
};
use fe2o3_amqp::{Connection, Receiver, Sender, Session, sasl_profile::SaslProfile};
use futures_util::StreamExt as _;
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};

use crate::{
    client::{
        EVENT_HUBS, bodies, consumer, from, open_producer, producer, receive, send_batch, token,
        within,
    },
    emulator::{DataDirectory, Emulator, IDENTITY_SECRET},
};

/// The error a consumer of the partition gets.
async fn consumer_error(url: &str, hub: &str, partition: &str, location: StartLocation) -> String {
    group_error(url, hub, "g", partition, location).await
}

/// The error a consumer of the group gets.
async fn group_error(
    url: &str,
    hub: &str,
    group: &str,
    partition: &str,
    location: StartLocation,
) -> String {
    let consumer = consumer(url, hub, group).await;
    let options =
        OpenReceiverOptions { start_position: Some(from(location, false)), ..Default::default() };
    let receiver = consumer.open_receiver_on_partition(partition.to_owned(), Some(options));
    let receiver = within(receiver).await.unwrap();
    let event = within(receiver.stream_events().next()).await.unwrap();
    format!("{:?}", event.unwrap_err())
}

/// Whoever presents a token for it hears so at once, whatever they came for.
#[tokio::test]
async fn a_hub_that_does_not_exist_is_refused_as_not_found() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let client = producer(&emulator.url, "nowhere").await;
    let send = within(client.send_event("event", None)).await.unwrap_err();
    let properties = within(client.get_eventhub_properties()).await.unwrap_err();
    let receive = consumer_error(&emulator.url, "nowhere", "0", StartLocation::Earliest).await;
    for error in [format!("{send:?}"), format!("{properties:?}"), receive] {
        assert!(error.contains("404") && error.contains("nowhere"), "{error}");
    }
}

#[tokio::test]
async fn a_sixth_receiver_of_a_partition_is_refused_until_one_of_the_five_has_left() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let client = producer(&emulator.url, "log").await;
    within(client.send_event("event", None)).await.unwrap();
    let open = async || {
        let consumer = consumer(&emulator.url, "log", "g").await;
        let start = Some(from(StartLocation::Earliest, false));
        let options = OpenReceiverOptions { start_position: start, ..Default::default() };
        let reader = consumer.open_receiver_on_partition("0".to_owned(), Some(options));
        let reader = within(reader).await.unwrap();
        let first = within(reader.stream_events().next()).await.unwrap();
        (consumer, reader, first.map(drop))
    };
    let mut readers = Vec::new();
    for _ in 0..5 {
        let (consumer, reader, first) = open().await;
        first.unwrap();
        readers.push((consumer, reader));
    }
    let (.., refused) = open().await;
    let refused = format!("{refused:?}");
    assert!(refused.contains("at most 5 receivers"), "{refused}");
    let (consumer, reader) = readers.remove(0);
    within(reader.close()).await.unwrap();
    within(consumer.close()).await.unwrap();
    let (.., first) = open().await;
    first.unwrap();
}

#[tokio::test]
async fn a_partition_that_does_not_exist_is_refused_as_not_found() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let client = producer(&emulator.url, "orders").await;
    let options = SendEventOptions { partition_id: Some("4".to_owned()) };
    let error = within(client.send_event("event", Some(options))).await.unwrap_err();
    let error = format!("{error:?}");
    assert!(error.contains("NotFound") && error.contains("partition 4"), "{error}");
    let error = consumer_error(&emulator.url, "orders", "4", StartLocation::Earliest).await;
    assert!(error.contains("NotFound") && error.contains("partition 4"), "{error}");
}

#[tokio::test]
async fn a_consumer_group_that_the_hub_does_not_have_is_refused_as_not_found() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let error = group_error(&emulator.url, "log", "nobody", "0", StartLocation::Earliest).await;
    assert!(error.contains("NotFound") && error.contains("consumer group nobody"), "{error}");
    let client = producer(&emulator.url, "log").await;
    within(client.send_event("event", None)).await.unwrap();
    let consumer = consumer(&emulator.url, "log", "$Default").await;
    let events = receive(&consumer, "0", from(StartLocation::Earliest, false), 1).await;
    assert_eq!(bodies(&events), ["event"]);
}

#[tokio::test]
async fn a_start_behind_the_last_event_is_refused_instead_of_waiting_for_it() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    for location in [StartLocation::SequenceNumber(500), StartLocation::Offset("99".to_owned())] {
        let error = consumer_error(&emulator.url, "log", "0", location).await;
        assert!(error.contains("behind the last event"), "{error}");
    }
}

#[tokio::test]
async fn an_event_over_the_size_limit_fits_no_batch_and_is_not_stored() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let client = producer(&emulator.url, "log").await;
    let batch = within(client.create_batch(None)).await.unwrap();
    assert!(!batch.try_add_event_data(vec![0_u8; 1_100_000], None).unwrap());
    // The link is detached with message-size-exceeded, which the SDK does not notice while it waits
    // for the outcome.
    let send = client.send_event(vec![0_u8; 1_100_000], None);
    let unanswered = timeout(Duration::from_secs(1), send).await;
    assert!(!matches!(unanswered, Ok(Ok(()))));

    let client = producer(&emulator.url, "log").await;
    within(client.send_event("small", None)).await.unwrap();
    let state = within(client.get_partition_properties("0")).await.unwrap();
    assert_eq!(state.last_enqueued_sequence_number, 0);
}

#[tokio::test]
async fn a_send_with_an_overlong_partition_key_is_rejected_and_the_link_goes_on() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let client = producer(&emulator.url, "log").await;
    let keyed = |length| EventDataBatchOptions {
        partition_key: Some("k".repeat(length)),
        ..Default::default()
    };
    let error = send_batch(&client, keyed(129), &["event"]).await.unwrap_err();
    let error = format!("{error:?}");
    assert!(error.contains("128 characters"), "{error}");
    send_batch(&client, keyed(128), &["event"]).await.unwrap();
}

#[tokio::test]
async fn a_token_for_something_else_or_with_another_signature_is_refused_as_unauthorized() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    for (token, hub) in [
        (String::new(), "log"),
        (token("another", EVENT_HUBS), "log"),
        (token(IDENTITY_SECRET, "https://storage.azure.com"), "log"),
        // Nor do strangers learn which hubs there are.
        (token("another", EVENT_HUBS), "nowhere"),
    ] {
        let client = open_producer(&emulator.url, hub, token).await.unwrap();
        let error = within(client.send_event("event", None)).await.unwrap_err();
        let error = format!("{error:?}");
        assert!(error.contains("401"), "{error}");
    }
}

#[tokio::test]
async fn a_link_without_a_token_is_refused() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let connection = Connection::builder()
        .container_id("stranger")
        .sasl_profile(SaslProfile::Anonymous)
        .open(emulator.url.as_str());
    let mut connection = within(connection).await.unwrap();
    let mut session = within(Session::begin(&mut connection)).await.unwrap();
    for hub in ["log", "nowhere"] {
        let sender = within(Sender::attach(&mut session, format!("to {hub}"), hub)).await;
        let reader = format!("{hub}/ConsumerGroups/g/Partitions/0");
        let reader = within(Receiver::attach(&mut session, format!("of {hub}"), reader)).await;
        // The library hears the reason or, if the answer to its attach comes first, only that.
        assert!(sender.is_err() && reader.is_err(), "{hub}");
    }
}

#[tokio::test]
async fn a_connection_that_speaks_no_amqp_disturbs_nobody() {
    let data = DataDirectory::new();
    let emulator = Emulator::start(&data);
    let address = emulator.url.strip_prefix("amqp://").unwrap();
    for noise in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"AMQP\x03\x01\x00\x00\xff\xff\xff\xff", b""] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(noise).await.unwrap();
    }
    let client = producer(&emulator.url, "log").await;
    within(client.send_event("event", None)).await.unwrap();
}
