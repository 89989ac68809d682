//! The blob trigger against Azurite.

use serde_json::{Value, json};
use storage_client::{Account, Queue};
use testkit::{queue_endpoint, storage_credential};

use crate::event_grid;
use crate::platform::{Folder, Host, eventually, order, take_back, write_app};
use crate::storage::{Blobs, decoded, settings};

const POISON_QUEUE: &str = "webjobs-blobtrigger-poison";

fn watching(blobs: &Blobs) -> Folder {
    watching_by(blobs, "LogsAndContainerScan")
}

fn watching_by(blobs: &Blobs, source: &str) -> Folder {
    let trigger = json!({ "bindings": [{
        "type": "blobTrigger", "name": "blob", "direction": "in", "source": source,
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

#[test]
fn with_event_grid_as_its_source_a_blob_is_delivered_when_the_webhook_is_told() {
    let blobs = Blobs::new();
    let host = Host::start(watching_by(&blobs, "EventGrid"));
    let webhook = format!(
        "/runtime/webhooks/blobs?functionName=Host.Functions.on_blob&code={}",
        event_grid::key(&host)
    );
    let tell = |kind: &str, said: &Value| {
        let said = said.to_string();
        host.request(&format!(
            "POST {webhook} HTTP/1.0\r\naeg-event-type: {kind}\r\nContent-Length: {}\r\n\r\n{said}",
            said.len()
        ))
    };
    let asked = json!([{ "data": { "validationCode": "512d38b6" } }]);
    let reply = tell("SubscriptionValidation", &asked);
    assert_eq!(reply.json(), json!({ "validationResponse": "512d38b6" }));

    let happened = |schema: &str, what: &str, name: &str| {
        let url = blobs.container.url_of(name);
        json!({ schema: format!("Microsoft.Storage.{what}"),
                "data": { "url": url.as_str(), "eTag": "0x0", "blobType": "BlockBlob" } })
    };
    let event = |name: &str| happened("eventType", "BlobCreated", name);
    for name in ["in/untold.txt", "in/told.txt", "out/elsewhere.txt"] {
        blobs.put(name, "text");
    }
    let deleted = happened("eventType", "BlobDeleted", "in/untold.txt");
    let renamed = happened("type", "BlobRenamed", "in/untold.txt");
    let told = json!([event("out/elsewhere.txt"), deleted, renamed, event("in/told.txt")]);
    assert_eq!(tell("Notification", &told).status, 202);
    wait_for_names(&host, &["told"]);
    // It has changed since, and the event is all that will ever tell of it.
    blobs.put("in/told.txt", "changed");
    let cloud_event = happened("type", "BlobCreated", "in/told.txt");
    assert_eq!(tell("Notification", &cloud_event).status, 202);
    wait_for_names(&host, &["told", "told"]);
    let of_nothing = json!([{ "eventType": "Microsoft.Storage.BlobCreated", "data": {} }]);
    assert_eq!(tell("Notification", &of_nothing).status, 400);
    let locked = webhook.replace("code=", "code=x");
    assert_eq!(host.request(&format!("POST {locked} HTTP/1.0\r\n\r\n")).status, 401);
}
