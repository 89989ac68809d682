//! The client against Azurite, which `up exec-with-stores` starts when it is first asked.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use storage_client::{Account, Container, Queue, Service};
use testkit::BlobContainer;
use uuid::Uuid;

/// The emulator's account and key, which Microsoft publishes.
const KEY: &str = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT5\
     0uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const NOT_LONG: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);

fn by_identity(endpoint: &str) -> Account {
    Account::of_identity(endpoint, testkit::storage_credential()).unwrap()
}

async fn new_queue(account: Account) -> Queue {
    let queue = Queue::new(account, &format!("q-{}", Uuid::new_v4()));
    queue.create().await.unwrap();
    queue
}

#[tokio::test]
async fn a_message_is_hidden_from_others_until_its_time_is_over_or_it_is_shown_again() {
    let queue = new_queue(by_identity(&testkit::queue_endpoint())).await;
    queue.create().await.unwrap();
    queue.put(" <b>&\u{6587} ").await.unwrap();

    let first = queue.receive(32, LONG).await.unwrap().remove(0);
    assert_eq!((first.text.as_str(), first.dequeue_count), (" <b>&\u{6587} ", 1));
    assert!(first.expires_at > first.next_visible_at && first.next_visible_at > first.inserted_at);
    assert!(queue.receive(32, LONG).await.unwrap().is_empty());

    queue.hide(&first.id, &first.pop_receipt, Duration::ZERO).await.unwrap();
    let second = queue.receive(32, NOT_LONG).await.unwrap().remove(0);
    assert_eq!((&second.id, second.dequeue_count), (&first.id, 2));
    let longer = queue.hide(&second.id, &second.pop_receipt, LONG).await.unwrap();
    tokio::time::sleep(NOT_LONG).await;
    assert!(queue.receive(32, LONG).await.unwrap().is_empty());

    let stale = queue.delete(&second.id, &second.pop_receipt).await.unwrap_err();
    assert!(stale.is_refusal(&["PopReceiptMismatch"]), "{stale}");
    queue.delete(&second.id, &longer).await.unwrap();
    let gone = queue.delete(&second.id, &longer).await.unwrap_err();
    assert!(gone.is_refusal(&["MessageNotFound"]), "{gone}");
}

#[tokio::test]
async fn a_connection_strings_key_is_as_good_as_an_identity_and_another_key_is_not() {
    let endpoint = testkit::queue_endpoint();
    let text = format!("{KEY};QueueEndpoint={endpoint}");
    let queue = new_queue(Account::of_connection_string(&text, Service::Queue).unwrap()).await;
    queue.put("by key").await.unwrap();
    assert_eq!(queue.receive(1, LONG).await.unwrap()[0].text, "by key");

    let text = text.replace("Eby8", "Fby8");
    let stranger = Account::of_connection_string(&text, Service::Queue).unwrap();
    let refused = Queue::new(stranger, queue.name()).put("x").await.unwrap_err();
    assert!(refused.to_string().contains("Auth"), "{refused}");
}

#[tokio::test]
async fn a_blob_that_must_be_new_is_written_once() {
    let text = format!("{KEY};BlobEndpoint={}", testkit::blob_endpoint());
    let by_key = Account::of_connection_string(&text, Service::Blob).unwrap();
    let name = format!("c-{}", Uuid::new_v4());
    let container = Container::new(by_key, &name);
    container.create().await.unwrap();
    assert!(container.put_new("a/b", b"first".to_vec()).await.unwrap());
    assert!(!container.put_new("a/b", b"second".to_vec()).await.unwrap());
    assert_eq!(container.read("a/b", 9).await.unwrap().unwrap().bytes, b"first");
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_named_so() {
    let queue = Queue::new(by_identity(&testkit::queue_endpoint()), "never-made");
    let error = queue.receive(1, LONG).await.unwrap_err();
    assert!(error.is_refusal(&["QueueNotFound"]), "{error}");
}

#[tokio::test]
async fn a_listing_has_the_blobs_of_one_folder_whatever_their_names_are() {
    let name = format!("c-{}", Uuid::new_v4());
    let container = Container::new(by_identity(&testkit::blob_endpoint()), &name);
    container.create().await.unwrap();
    container.create().await.unwrap();
    let uploads = BlobContainer::create(&name).await;
    let long = format!("a/{}", "x".repeat(1022));
    let names = ["a/ & <b>", "a/..b", "a/\u{6587}\u{4ef6}.png", &long];
    for blob in names {
        uploads.put(blob, "image/png", b"four".to_vec()).await;
    }
    let etag = uploads.put("b/other", "image/png", Vec::new()).await;

    let listed = container.list("a/").await.unwrap();
    let listed_names: Vec<&str> = listed.iter().map(|blob| blob.name.as_str()).collect();
    assert_eq!(listed_names.len(), 4, "{listed_names:?}");
    assert!(names.iter().all(|name| listed_names.contains(name)), "{listed_names:?}");
    assert_eq!((listed[0].content_length, listed[0].content_type.as_str()), (4, "image/png"));
    let other = container.list("b/").await.unwrap().remove(0);
    assert_eq!((other.etag.as_str(), other.kind.as_str()), (etag.trim_matches('"'), "BlockBlob"));
}
