//! The webhook of Event Grid.

use std::fs;

use serde_json::{Value, json};

use crate::platform::{Folder, Host, Reply, order, write_app};

fn host(cardinality: &str) -> Host {
    let function = json!({ "bindings": [{
        "type": "eventGridTrigger", "name": "event", "direction": "in", "cardinality": cardinality,
    }]});
    let folder = Folder::new();
    write_app(&folder, "shop", &[("on_grid", function)], json!({}));
    Host::start(folder)
}

/// What opens the webhooks.
pub(crate) fn key(host: &Host) -> String {
    let keys = fs::read_to_string(host.folder.0.join("state/keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    keys["eventGridKey"].as_str().unwrap().to_owned()
}

fn send(host: &Host, key: &str, kind: &str, body: &Value) -> Reply {
    let body = body.to_string();
    host.request(&format!(
        "POST /runtime/webhooks/EventGrid?functionName=on_grid&code={key} HTTP/1.0\r\n\
         {kind}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn calls(host: &Host) -> Vec<Value> {
    let records = host.records("shop", "on_grid");
    records.iter().map(|record| serde_json::from_str(record).unwrap()).collect()
}

const NOTIFICATION: &str = "aeg-event-type: Notification\r\n";

#[test]
fn an_event_arrives_as_an_object_and_all_are_delivered_again_when_one_fails() {
    let host = host("one");
    let events = json!([{ "id": "1", "data": { "a": 1 } }, { "id": "2", "data": {} }]);
    assert_eq!(send(&host, "wrong", NOTIFICATION, &events).status, 401);
    assert_eq!(send(&host, &key(&host), NOTIFICATION, &events).status, 202);
    let mut first = calls(&host);
    first.sort_by_key(|call| call["Data"]["event"]["id"].to_string());
    assert_eq!(first[0]["Data"]["event"], events[0]);
    assert_eq!(first[0]["Metadata"]["data"], json!({ "a": 1 }));
    order(&host.folder, "shop", "fail");
    assert_eq!(send(&host, &key(&host), NOTIFICATION, &events).status, 500);
    // CloudEvents say no kind, and one may come alone.
    let cloud = json!({ "specversion": "1.0", "id": "3", "type": "t", "source": "s" });
    assert_eq!(send(&host, &key(&host), "", &cloud).status, 202);
    assert_eq!(calls(&host).last().unwrap()["Data"]["event"], cloud);
}

#[test]
fn a_delivery_of_many_arrives_as_text_of_an_array() {
    let host = host("many");
    let events = json!([{ "id": "1" }, { "id": "2" }]);
    assert_eq!(send(&host, &key(&host), NOTIFICATION, &events).status, 202);
    let text = calls(&host)[0]["Data"]["event"].as_str().unwrap().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), events);
}

#[test]
fn a_subscription_is_validated_in_both_schemas() {
    let host = host("one");
    let kind = "aeg-event-type: SubscriptionValidation\r\n";
    let asked = json!([{ "data": { "validationCode": "512d38b6" } }]);
    let reply = send(&host, &key(&host), kind, &asked);
    assert_eq!(reply.json(), json!({ "validationResponse": "512d38b6" }));
    let reply = host.request(&format!(
        "OPTIONS /runtime/webhooks/eventgrid?functionName=on_grid&code={} HTTP/1.0\r\n\
         WebHook-Request-Origin: eventgrid.azure.net\r\n\r\n",
        key(&host)
    ));
    assert!(reply.head.contains("webhook-allowed-origin: eventgrid.azure.net"), "{reply:?}");
    assert_eq!(send(&host, &key(&host), NOTIFICATION, &json!("text")).status, 400);
    assert!(calls(&host).is_empty());
}
