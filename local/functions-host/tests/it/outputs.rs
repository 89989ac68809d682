//! What a handler says for its outputs, in the stores that it is written to.

use serde_json::{Value, json};

use crate::broker::{Broker, HUB, READERS};
use crate::cosmos::{Cosmos, runtime};
use crate::platform::{Folder, Host, LONG_TIMEOUT, answer_with, eventually, write_app};
use crate::storage::{Blobs, Queues, settings};

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

/// An app with a function `on_order` that is asked by HTTP and has these outputs, and with other
/// functions.
fn asked(outputs: &[Value], others: &[(&str, Value)], mut settings: Value) -> Host {
    let mut bindings = vec![
        json!({ "type": "httpTrigger", "name": "req", "route": "order/{id}",
                "authLevel": "anonymous" }),
        json!({ "type": "http", "direction": "out", "name": "res" }),
    ];
    bindings.extend_from_slice(outputs);
    let mut functions = vec![("on_order", json!({ "bindings": bindings }))];
    functions.extend_from_slice(others);
    settings[LONG_TIMEOUT] = json!("00:01:00");
    let folder = Folder::new();
    write_app(&folder, "shop", &functions, settings);
    Host::start(folder)
}

/// Lets the function say this; the status tells whether all of it was written.
fn say(host: &Host, outputs: &Value) -> u16 {
    answer_with(&host.folder, "shop", &json!({ "Outputs": outputs }));
    host.get("/api/order/7").status
}

/// The texts that come of what is said here of messages and of events.
const ITEMS: [&str; 7] = ["aGk=", "{\n  \"a\": 1\n}", "7", "hi", "x", "y", "aGk="];

fn say_items(host: &Host) {
    assert_eq!(say(host, &json!({ "said": ["aGk=", { "a": 1 }, 7] })), 200);
    assert_eq!(say(host, &json!({ "said": "aGk=" })), 200);
    assert_eq!(say(host, &json!({ "said": "[\"x\", \"y\"]" })), 200);
    assert_eq!(say(host, &json!({ "kept": "aGk=" })), 200);
}

#[test]
fn a_queue_gets_a_message_for_each_element_and_bytes_for_base64() {
    let queues = Queues::new();
    let output = |name: &str, kind: &str| {
        json!({ "type": "queue", "direction": "out", "name": name, "dataType": kind,
                "queueName": queues.queue.name(), "connection": "SHOP" })
    };
    let host = asked(&[output("said", "string"), output("kept", "binary")], &[], settings());
    say_items(&host);
    let mut texts = queues.texts(ITEMS.len());
    texts.sort();
    let mut expected = ITEMS;
    expected.sort_unstable();
    assert_eq!(texts, expected);
}

#[test]
fn an_event_hub_gets_an_event_for_each_element_and_bytes_for_base64() {
    let data = Folder::new();
    let broker = Broker::start(&data.0);
    let output = |name: &str, kind: &str| {
        json!({ "type": "eventHub", "direction": "out", "name": name, "dataType": kind,
                "eventHubName": HUB, "connection": "SHOP_EVENTS" })
    };
    let reader = json!({ "bindings": [{
        "type": "eventHubTrigger", "name": "event", "direction": "in", "eventHubName": HUB,
        "connection": "SHOP_EVENTS", "consumerGroup": READERS, "dataType": "string",
    }]});
    let outputs = [output("said", "string"), output("kept", "binary")];
    let host = asked(&outputs, &[("on_event", reader)], broker.settings());
    say_items(&host);
    let mut texts: Vec<String> = eventually("events", || {
        let text = |record: &String| {
            let call: Value = serde_json::from_str(record).ok()?;
            serde_json::from_str(call["Data"]["event"].as_str()?).ok()
        };
        let texts: Vec<_> = host.records("shop", "on_event").iter().filter_map(text).collect();
        (texts.len() >= ITEMS.len()).then_some(texts)
    });
    texts.sort();
    let mut expected = ITEMS;
    expected.sort_unstable();
    assert_eq!(texts, expected);
}

#[test]
fn a_blob_has_an_array_in_its_compact_form_and_bytes_for_base64() {
    let blobs = Blobs::new();
    let host = asked(&[blob_output(&blobs, "said", "{id}")], &[], settings());
    assert_eq!(say(&host, &json!({ "said": ["aGk=", { "a": 1 }] })), 200);
    assert_eq!(blobs.text("7"), "[\"aGk=\",{\"a\":1}]");
    assert_eq!(say(&host, &json!({ "said": "a G k=" })), 200);
    assert_eq!(blobs.text("7"), "hi");
}

#[test]
fn cosmos_db_gets_a_document_for_each_element_and_refuses_bytes() {
    let (cosmos, runtime) = (Cosmos::start(), runtime());
    let output = json!({ "type": "cosmosDB", "direction": "out", "name": "said",
                         "databaseName": "test", "containerName": "things",
                         "connection": "COSMOS" });
    let host = asked(&[output], &[], cosmos.settings());
    let document = |id: &str| json!({ "id": id, "partition": "p" });
    assert_eq!(say(&host, &json!({ "said": document("a") })), 200);
    assert_eq!(say(&host, &json!({ "said": [document("b"), document("c")] })), 200);
    let text = json!([document("d")]).to_string();
    assert_eq!(say(&host, &json!({ "said": text })), 200);
    // The text of a document, in base64: bytes, as everywhere, and so no document.
    assert_eq!(say(&host, &json!({ "said": "eyJpZCI6ImUifQ==" })), 500);
    for id in ["a", "b", "c", "d"] {
        assert!(cosmos.written_at(&runtime, id) > 0);
    }
}
