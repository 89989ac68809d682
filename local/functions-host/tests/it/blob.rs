//! The blob trigger and the blob output against Azurite.

use serde_json::{Value, json};
use storage_client::{Account, Queue};
use testkit::{blob_endpoint, queue_endpoint, storage_credential};

use crate::identity;
use crate::platform::{Folder, Host, answer_with, eventually, order, take_back, write_app};
use crate::storage::{Blobs, Queues, decoded};

const POISON_QUEUE: &str = "webjobs-blobtrigger-poison";

fn settings() -> Value {
    json!({
        "SHOP__queueServiceUri": queue_endpoint(),
        "SHOP__blobServiceUri": blob_endpoint(),
        "SHOP__credential": "managedidentity",
        "SHOP__clientId": "shop",
        "IDENTITY_ENDPOINT": identity::endpoint(),
        "IDENTITY_HEADER": "secret",
    })
}

fn watching(blobs: &Blobs) -> Folder {
    let trigger = json!({ "bindings": [{
        "type": "blobTrigger", "name": "blob", "direction": "in",
        "path": format!("{}/in/{{name}}.txt", blobs.container.name()), "connection": "SHOP",
    }]});
    let folder = Folder::new();
    write_app(&folder, "shop", &[("on_blob", trigger)], settings());
    folder
}

/// The names of the blobs of all calls.
fn names(host: &Host) -> Vec<String> {
    let name = |record: &String| {
        let call: Value = serde_json::from_str(record).ok()?;
        serde_json::from_str(call["Metadata"]["name"].as_str()?).ok()
    };
    host.records("shop", "on_blob").iter().filter_map(name).collect()
}

fn wait_for_names(host: &Host, expected: &[&str]) {
    eventually("blobs", || (names(host) == expected).then_some(()));
}

#[test]
fn a_blob_is_delivered_once_for_each_time_it_is_written_also_over_a_kill() {
    let blobs = Blobs::new();
    blobs.put("in/a.txt", "first");
    blobs.put("out/b.txt", "another folder");
    let host = Host::start(watching(&blobs));
    wait_for_names(&host, &["a"]);
    let call: Value = serde_json::from_str(&host.records("shop", "on_blob")[0]).unwrap();
    assert_eq!(call["Data"]["blob"], "Zmlyc3Q=");
    assert!(call["Metadata"].get("BlobTrigger").is_none());
    // Delivered before the kill is what has its receipt, so something after it is waited for.
    blobs.put("in/b.txt", "x");
    wait_for_names(&host, &["a", "b"]);
    let host = host.kill_and_start();
    blobs.put("in/a.txt", "second");
    eventually("the second time", || (names(&host).last()? == "a").then_some(()));
    let again = names(&host);
    // What was not settled yet when the host was killed comes once more.
    assert!(again == ["a", "b", "a"] || again == ["a", "b", "b", "a"], "{again:?}");
}

#[test]
fn a_blob_that_fails_five_times_is_told_in_the_poison_queue() {
    let blobs = Blobs::new();
    let folder = watching(&blobs);
    order(&folder, "shop", "fail-always");
    blobs.put("in/a.txt", "poison");
    let host = Host::start(folder);
    let account = Account::of_identity(&queue_endpoint(), storage_credential()).unwrap();
    let queue = Queue::new(account, POISON_QUEUE);
    let told: Value = eventually("a poisoned blob", || {
        let received = blobs.runtime.block_on(queue.receive(32, std::time::Duration::from_secs(1)));
        let texts = received.ok()?;
        let mut all = texts.iter().map(|it| serde_json::from_str::<Value>(&decoded(it)).unwrap());
        all.find(|told| told["ContainerName"] == blobs.container.name())
    });
    assert_eq!(told["FunctionId"], "Host.Functions.on_blob");
    assert_eq!((&told["BlobName"], &told["BlobType"]), (&json!("in/a.txt"), &json!("BlockBlob")));
    assert_eq!(names(&host), ["a"; 5]);
    take_back(&host, "shop", "fail-always");
    blobs.put("in/b.txt", "sound");
    wait_for_names(&host, &["a", "a", "a", "a", "a", "b"]);
}

/// An app whose queue function has these outputs.
fn saying(queues: &Queues, outputs: &[Value], answer: Value) -> Folder {
    let mut bindings = vec![json!({
        "type": "queueTrigger", "name": "item", "direction": "in",
        "queueName": queues.queue.name(), "connection": "SHOP",
    })];
    bindings.extend_from_slice(outputs);
    let folder = Folder::new();
    let function = json!({ "bindings": bindings });
    write_app(&folder, "shop", &[("on_message", function)], settings());
    answer_with(&folder, "shop", &answer);
    folder
}

fn blob_output(blobs: &Blobs, name: &str, path: &str) -> Value {
    json!({ "type": "blob", "direction": "out", "name": name, "connection": "SHOP",
            "path": format!("{}/{path}", blobs.container.name()) })
}

#[test]
fn outputs_and_the_properties_of_a_return_value_are_written_by_their_names() {
    let (queues, blobs) = (Queues::new(), Blobs::new());
    let mut binary = blob_output(&blobs, "kept", "kept");
    binary["dataType"] = json!("binary");
    let outputs =
        [blob_output(&blobs, "one", "{id}/one"), blob_output(&blobs, "two", "two"), binary];
    let answer = json!({
        "Outputs": { "one": "aGk=", "nobody": 1 },
        "ReturnValue": { "two": { "a": [1] }, "kept": "aGk=" },
    });
    let host = Host::start(saying(&queues, &outputs, answer));
    queues.put(r#"{"id":"7"}"#);
    assert_eq!(blobs.text("7/one"), "hi");
    assert_eq!(blobs.text("two"), "{\"a\":[1]}");
    assert_eq!(blobs.text("kept"), "aGk=");
    assert_eq!(host.records("shop", "on_message").len(), 1);
}

#[test]
fn an_output_that_cannot_be_written_fails_the_invocation() {
    let (queues, blobs) = (Queues::new(), Blobs::new());
    let outputs = [blob_output(&blobs, "one", "{nobody}")];
    let host = Host::start(saying(&queues, &outputs, json!({ "Outputs": { "one": "x" } })));
    queues.put("x");
    host.wait_for_line("the output `one` cannot be written: there is no binding data `nobody`");
    queues.poisoned();
    assert_eq!(host.records("shop", "on_message").len(), 5);
}
