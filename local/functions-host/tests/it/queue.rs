//! Queue triggers against Azurite, which `up exec-with-stores` starts: a test for each rule of the
//! host.

use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use storage_client::Queue;
use testkit::queue_endpoint;

use crate::identity;
use crate::platform::{Folder, Host, eventually, order, take_back, write_app};
use crate::storage::Queues;

/// The emulator's account and key, which Microsoft publishes.
const KEY: &str = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT5\
     0uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const OPTIONS: &str = "AzureFunctionsJobHost__extensions__queues__";
/// Long enough for the host to do what it should not do.
const A_WHILE: Duration = Duration::from_millis(1_500);

impl Queues {
    /// An app with one function that reads a queue.
    fn app(&self, queue: &Queue, options: &[(&str, &str)]) -> Folder {
        let mut values = json!({
            "SHOP_QUEUE__queueServiceUri": queue_endpoint(),
            "SHOP_QUEUE__credential": "managedidentity",
            "SHOP_QUEUE__clientId": "shop",
            "IDENTITY_ENDPOINT": identity::endpoint(),
            "IDENTITY_HEADER": "secret",
        });
        for (name, value) in options {
            values[format!("{OPTIONS}{name}")] = json!(value);
        }
        app_with(queue, values)
    }
}

fn app_with(queue: &Queue, values: Value) -> Folder {
    let trigger = json!({ "bindings": [{
        "type": "queueTrigger", "name": "item", "direction": "in",
        "queueName": queue.name(), "connection": "SHOP_QUEUE",
    }]});
    let folder = Folder::new();
    write_app(&folder, "shop", &[("on_message", trigger)], values);
    folder
}

fn calls(host: &Host) -> Vec<Value> {
    let records = host.records("shop", "on_message");
    records.iter().filter_map(|record| serde_json::from_str(record).ok()).collect()
}

fn wait_for_calls(host: &Host, count: usize) -> Vec<Value> {
    eventually("calls", || Some(calls(host)).filter(|calls| calls.len() >= count))
}

/// The text in what is a JSON string inside a JSON string.
fn text(value: &Value) -> String {
    serde_json::from_str(value.as_str().unwrap()).unwrap()
}

#[test]
fn a_message_arrives_decoded_with_its_metadata_and_is_deleted_afterwards() {
    let queues = Queues::new();
    queues.put(r#"{"n":1,"id":"e1"}"#);
    let host = Host::start(queues.app(&queues.queue, &[]));
    let call = wait_for_calls(&host, 1).remove(0);
    assert_eq!(text(&call["Data"]["item"]), r#"{"n":1,"id":"e1"}"#);
    let metadata = &call["Metadata"];
    assert_eq!(metadata["DequeueCount"], "1");
    assert_eq!((text(&metadata["Id"]), text(&metadata["n"])), ("e1".to_owned(), "1".to_owned()));
    let next_visible = metadata["NextVisibleTime"].as_str().unwrap();
    assert!(next_visible > metadata["InsertionTime"].as_str().unwrap());
    assert!(next_visible.ends_with("+00:00"), "{next_visible}");
    assert!(!text(&metadata["PopReceipt"]).is_empty());
    assert!(metadata.get("QueueTrigger").is_none());
    thread::sleep(A_WHILE);
    assert!(queues.is_empty());
    assert_eq!(calls(&host).len(), 1);
}

#[test]
fn a_message_that_fails_waits_for_the_visibility_timeout_and_comes_again() {
    let queues = Queues::new();
    let folder = queues.app(&queues.queue, &[("visibilityTimeout", "00:00:02")]);
    order(&folder, "shop", "fail");
    queues.put("x");
    let host = Host::start(folder);
    wait_for_calls(&host, 1);
    thread::sleep(A_WHILE);
    assert_eq!(calls(&host).len(), 1);
    let calls = wait_for_calls(&host, 2);
    assert_eq!(calls[1]["Metadata"]["DequeueCount"], "2");
    assert_eq!(calls[0]["Metadata"]["Id"], calls[1]["Metadata"]["Id"]);
}

#[test]
fn a_message_that_fails_five_times_moves_to_the_poison_queue_as_it_was() {
    let queues = Queues::new();
    let folder = queues.app(&queues.queue, &[]);
    order(&folder, "shop", "fail-always");
    queues.put("poison");
    let host = Host::start(folder);
    assert_eq!(queues.poisoned().text, STANDARD.encode("poison"));
    assert_eq!(calls(&host).len(), 5);
    host.wait_for_line("Moving message to queue");
    take_back(&host, "shop", "fail-always");
    queues.put("sound");
    let calls = wait_for_calls(&host, 6);
    assert_eq!(text(&calls[5]["Data"]["item"]), "sound");
}

#[test]
fn a_message_in_another_encoding_moves_to_the_poison_queue_unseen() {
    let queues = Queues::new();
    queues.put_raw("{not base64}");
    let host = Host::start(queues.app(&queues.queue, &[]));
    assert_eq!(queues.poisoned().text, "{not base64}");
    assert!(calls(&host).is_empty());
}

#[test]
fn encoding_none_leaves_the_text_alone_and_a_connection_string_is_enough() {
    let queues = Queues::new();
    queues.put_raw("{not base64}");
    let mut values = json!({ "SHOP_QUEUE": format!("{KEY};QueueEndpoint={}", queue_endpoint()) });
    values[format!("{OPTIONS}messageEncoding")] = json!("none");
    let host = Host::start(app_with(&queues.queue, values));
    assert_eq!(text(&wait_for_calls(&host, 1)[0]["Data"]["item"]), "{not base64}");
}

#[test]
fn what_fails_in_a_poison_queue_stays_hidden() {
    let queues = Queues::new();
    queues.runtime.block_on(queues.poison.create()).unwrap();
    queues.runtime.block_on(queues.poison.put(&STANDARD.encode("x"))).unwrap();
    let folder = queues.app(&queues.poison, &[]);
    order(&folder, "shop", "fail-always");
    let host = Host::start(folder);
    wait_for_calls(&host, 1);
    thread::sleep(A_WHILE);
    assert_eq!(calls(&host).len(), 1);
}

#[test]
fn a_batch_is_taken_when_no_more_than_the_threshold_are_being_processed() {
    let queues = Queues::new();
    let options = [("batchSize", "2"), ("newBatchThreshold", "1")];
    let folder = queues.app(&queues.queue, &options);
    order(&folder, "shop", "hold");
    for _ in 0..5 {
        queues.put("x");
    }
    let host = Host::start(folder);
    wait_for_calls(&host, 2);
    thread::sleep(A_WHILE);
    assert_eq!(calls(&host).len(), 2);
    take_back(&host, "shop", "hold");
    wait_for_calls(&host, 5);
}

#[test]
fn a_message_whose_handler_is_killed_comes_again() {
    let queues = Queues::new();
    let folder = queues.app(&queues.queue, &[]);
    order(&folder, "shop", "hang");
    queues.put("x");
    let host = Host::start(folder);
    wait_for_calls(&host, 1);
    host.kill_handler("shop");
    assert_eq!(wait_for_calls(&host, 2)[1]["Metadata"]["DequeueCount"], "2");
}

#[test]
fn a_queue_that_is_made_later_is_read_and_one_out_of_reach_is_told_once() {
    let queues = Queues::new();
    let host = Host::start(queues.app(&queues.poison, &[]));
    queues.runtime.block_on(queues.poison.create()).unwrap();
    queues.runtime.block_on(queues.poison.put(&STANDARD.encode("late"))).unwrap();
    wait_for_calls(&host, 1);
    let nobody = "DefaultEndpointsProtocol=http;QueueEndpoint=http://127.0.0.1:9/a";
    let values = json!({ "SHOP_QUEUE": format!("{KEY};{nobody}") });
    // The line may come before the handler is ready, and whoever waits for that reads past it.
    let host = Host::start_unready(app_with(&queues.queue, values));
    host.wait_for_line("cannot read messages");
    thread::sleep(A_WHILE);
    assert!(!host.printed().iter().any(|line| line.contains("cannot read messages")));
}
