//! Handlers in other languages with every trigger and every output, each of which starts the next:
//! a request, a queue, a blob, an event hub, a change feed, and a queue at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use testkit::{blob_endpoint, queue_endpoint};
use uuid::Uuid;

use crate::broker::Broker;
use crate::cosmos::Cosmos;
use crate::platform::{Folder, Host, write_foreign_app};
use crate::storage::Queues;

/// The function.json of each function, by its name.
const FUNCTIONS: &str = include_str!("handlers/functions.json");

fn every_trigger_and_output_works(program: &str, file: &str) {
    let data = Folder::new();
    let (broker, cosmos, queues) = (Broker::start(&data.0), Cosmos::start(), Queues::new());
    let mut values = broker.settings();
    for (name, value) in [
        ("FIRST", format!("first-{}", Uuid::new_v4())),
        ("LAST", queues.queue.name().to_owned()),
        ("CONTAINER", format!("c-{}", Uuid::new_v4())),
        ("SHOP__queueServiceUri", queue_endpoint()),
        ("SHOP__blobServiceUri", blob_endpoint()),
        ("SHOP__credential", "managedidentity".to_owned()),
        ("SHOP__clientId", "shop".to_owned()),
        ("COSMOS__accountEndpoint", cosmos.url.clone()),
        ("COSMOS__credential", "managedidentity".to_owned()),
        ("COSMOS__clientId", "shop".to_owned()),
    ] {
        values[name] = json!(value);
    }
    let folder = Folder::new();
    let handler = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/handlers").join(file);
    let functions: BTreeMap<&str, Value> = serde_json::from_str(FUNCTIONS).unwrap();
    let functions: Vec<_> = functions.into_iter().collect();
    write_foreign_app(&folder, program, &handler, &functions, values);
    let host = Host::start(folder);

    let order = r#"{"id":"o-1","partition":"p"}"#;
    let reply = host.request(&format!(
        "POST /api/start HTTP/1.0\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{order}",
        order.len()
    ));
    assert_eq!((reply.status, reply.body.as_str()), (202, program.trim_end_matches('3')));
    let keys = fs::read_to_string(host.folder.0.join("state/keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let event = r#"[{"id":"1","eventType":"t","subject":"s","data":{"name":"grid"}}]"#;
    let reply = host.request(&format!(
        "POST /runtime/webhooks/EventGrid?functionName=on_grid&code={} HTTP/1.0\r\n\
         aeg-event-type: Notification\r\nContent-Length: {}\r\n\r\n{event}",
        keys["eventGridKey"].as_str().unwrap(),
        event.len()
    ));
    assert_eq!(reply.status, 202, "{reply:?}");

    let mut told = queues.texts(3);
    told.sort();
    let past_due = if program == "node" { "past due: false" } else { "past due: False" };
    let by = format!("o-1 by {}", program.trim_end_matches('3'));
    assert_eq!(told, ["grid: told", &by, past_due]);
}

#[test]
fn a_handler_in_python_has_every_trigger_and_output() {
    every_trigger_and_output_works("python3", "handler.py");
}

#[test]
fn a_handler_in_node_has_every_trigger_and_output() {
    every_trigger_and_output_works("node", "handler.js");
}
