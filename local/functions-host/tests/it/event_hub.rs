//! Event hub triggers against the emulator, with failures and kills on each side.

use serde_json::{Value, json};

use crate::broker::{Broker, HUB, READERS};
use crate::platform::{Folder, Host, eventually, order, write_app};

/// A function that reads the hub, and its broker.
fn folder(function: &str, cardinality: &str, max_retries: i64) -> (Folder, Broker) {
    let folder = Folder::new();
    let broker = Broker::start(&folder.0.join("broker"));
    let trigger = json!({
        "bindings": [{
            "type": "eventHubTrigger", "name": "events", "direction": "in", "eventHubName": HUB,
            "connection": "SHOP_EVENTS", "consumerGroup": READERS,
            "cardinality": cardinality, "dataType": "string",
        }],
        "retry": {
            "strategy": "exponentialBackoff", "maxRetryCount": max_retries,
            "minimumInterval": "00:00:00.1", "maximumInterval": "00:00:01",
        },
    });
    write_app(&folder, "shop", &[(function, trigger)], broker.settings());
    (folder, broker)
}

fn bodies(numbers: std::ops::Range<i64>) -> Vec<String> {
    numbers.map(|number| json!({ "n": number }).to_string()).collect()
}

/// Parses what is a JSON text inside a JSON string.
fn unpacked(value: &Value) -> Value {
    serde_json::from_str(value.as_str().unwrap()).unwrap()
}

fn calls(host: &Host) -> Vec<Value> {
    let records = host.records("shop", "on_events");
    records.iter().filter_map(|record| serde_json::from_str(record).ok()).collect()
}

/// Numbers of the events that the handler was given, call by call, from one partition.
fn numbers(host: &Host, partition: &str) -> Vec<i64> {
    let of_partition =
        |call: &Value| call["Metadata"]["PartitionContext"]["PartitionId"] == partition;
    let events = calls(host).into_iter().filter(of_partition);
    let events = events.map(|call| unpacked(&call["Data"]["events"]));
    let number = |text: &Value| unpacked(text)["n"].as_i64().unwrap();
    events
        .flat_map(|events| events.as_array().unwrap().iter().map(number).collect::<Vec<_>>())
        .collect()
}

fn wait_for_checkpoint(host: &Host, partition: &str, sequence_number: i64) {
    eventually("checkpoint", || {
        let status = host.status("shop");
        let partition = &status["partitions"]["on_events"][partition];
        (partition["checkpoint"] == sequence_number).then_some(())
    });
}

#[test]
fn a_batch_arrives_as_text_of_texts_with_its_metadata() {
    let (folder, broker) = folder("on_events", "many", -1);
    broker.publish("0", &bodies(0..3));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 2);
    assert_eq!(numbers(&host, "0"), [0, 1, 2]);
    let call = &calls(&host)[0];
    let metadata = &call["Metadata"];
    assert_eq!(unpacked(&metadata["PropertiesArray"])[0], json!({ "kind": "test" }));
    assert_eq!(unpacked(&metadata["SequenceNumberArray"])[0], 0);
    assert_eq!(metadata["PartitionContext"]["ConsumerGroup"], READERS);
    assert_eq!(metadata["RetryContext"]["MaxRetryCount"], -1);
    broker.publish("1", &bodies(3..4));
    wait_for_checkpoint(&host, "1", 0);
    assert_eq!(numbers(&host, "1"), [3]);
}

#[test]
fn no_batch_is_larger_than_the_maximum_and_none_is_lost() {
    let (folder, broker) = folder("on_events", "many", -1);
    broker.publish("0", &bodies(0..100));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 99);
    assert_eq!(numbers(&host, "0"), (0..100).collect::<Vec<_>>());
    for call in calls(&host) {
        assert!(unpacked(&call["Data"]["events"]).as_array().unwrap().len() <= 10);
    }
}

#[test]
fn cardinality_one_delivers_each_event_alone() {
    let (folder, broker) = folder("on_event", "one", 0);
    broker.publish("0", &bodies(0..3));
    let host = Host::start(folder);
    let records = eventually("three calls", || {
        Some(host.records("shop", "on_event")).filter(|records| records.len() == 3)
    });
    let call: Value = serde_json::from_str(&records[2]).unwrap();
    assert_eq!(unpacked(&call["Data"]["events"]), "{\"n\":2}");
    assert_eq!(call["Metadata"]["SequenceNumber"], "2");
    assert_eq!(call["Metadata"]["n"], "\"2\"");
}

#[test]
fn a_failed_batch_is_retried_whole_before_the_checkpoint_moves() {
    let (folder, broker) = folder("on_events", "many", -1);
    order(&folder, "shop", "fail");
    broker.publish("0", &bodies(0..2));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 1);
    let calls = calls(&host);
    assert_eq!(calls[0]["Data"], calls[1]["Data"]);
    let retried = &calls[1]["Metadata"]["RetryContext"];
    assert_eq!(retried["RetryCount"], 1);
    assert!(retried["Exception"]["Message"].as_str().unwrap().contains("500"));
    assert_eq!(host.status("shop")["partitions"]["on_events"]["0"]["failures"], 1);
}

#[test]
fn the_checkpoint_moves_on_when_the_retries_are_exhausted() {
    let (folder, broker) = folder("on_events", "many", 0);
    order(&folder, "shop", "fail");
    broker.publish("0", &bodies(0..1));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 0);
    broker.publish("0", &bodies(1..2));
    wait_for_checkpoint(&host, "0", 1);
    assert_eq!(numbers(&host, "0"), [0, 1]);
}

#[test]
fn a_handler_killed_within_a_batch_gets_it_again() {
    let (folder, broker) = folder("on_events", "many", -1);
    order(&folder, "shop", "hang");
    broker.publish("0", &bodies(0..2));
    let host = Host::start(folder);
    eventually("first delivery", || (!calls(&host).is_empty()).then_some(()));
    host.kill_handler("shop");
    wait_for_checkpoint(&host, "0", 1);
    let calls = calls(&host);
    assert_eq!(calls[0]["Data"], calls[1]["Data"]);
}

#[test]
fn the_checkpoint_survives_a_killed_host_and_an_unfinished_batch_comes_again() {
    let (folder, broker) = folder("on_events", "many", -1);
    broker.publish("0", &bodies(0..2));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 1);
    host.order("shop", "hang");
    broker.publish("0", &bodies(2..3));
    eventually("unfinished batch", || (numbers(&host, "0").len() == 3).then_some(()));
    let host = host.kill_and_start();
    wait_for_checkpoint(&host, "0", 2);
    assert_eq!(numbers(&host, "0"), [0, 1, 2, 2]);
}

#[test]
fn a_killed_broker_is_read_on_after_the_last_checkpoint() {
    let (folder, mut broker) = folder("on_events", "many", -1);
    broker.publish("0", &bodies(0..2));
    let host = Host::start(folder);
    wait_for_checkpoint(&host, "0", 1);
    broker.kill();
    host.wait_for_line("cannot read events");
    broker.start_again();
    broker.publish("0", &bodies(2..4));
    wait_for_checkpoint(&host, "0", 3);
    assert_eq!(numbers(&host, "0"), [0, 1, 2, 3]);
}
