//! Queues and containers of a test's own in Azurite.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use storage_client::{Account, Container, Message, Queue};
use testkit::{blob_endpoint, queue_endpoint, storage_credential};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use crate::identity;
use crate::platform::eventually;

/// For how long a message is hidden that a test looks at in passing.
const A_WHILE: Duration = Duration::from_millis(1_500);
/// For how long a message is hidden that a test has looked at.
const LONG: Duration = Duration::from_secs(300);

/// With a thread of its own, which notices when the server closes a connection that waits.
fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// The settings of an app that reaches both as `SHOP`.
pub(crate) fn settings() -> Value {
    json!({
        "SHOP__queueServiceUri": queue_endpoint(),
        "SHOP__blobServiceUri": blob_endpoint(),
        "SHOP__credential": "managedidentity",
        "SHOP__clientId": "shop",
        "IDENTITY_ENDPOINT": identity::endpoint(),
        "IDENTITY_HEADER": "secret",
    })
}

/// A queue of the test's own, and that of its poisoned messages.
pub(crate) struct Queues {
    pub(crate) queue: Queue,
    pub(crate) poison: Queue,
    pub(crate) runtime: Runtime,
}

impl Queues {
    pub(crate) fn new() -> Self {
        let name = format!("q-{}", Uuid::new_v4());
        let account = Account::of_identity(&queue_endpoint(), storage_credential()).unwrap();
        let poison = Queue::new(account.clone(), &format!("{name}-poison"));
        let queue = Queue::new(account, &name);
        let runtime = runtime();
        runtime.block_on(queue.create()).unwrap();
        Self { queue, poison, runtime }
    }

    /// Puts a text as Event Grid does.
    pub(crate) fn put(&self, text: &str) {
        self.put_raw(&STANDARD.encode(text));
    }

    pub(crate) fn put_raw(&self, text: &str) {
        self.runtime.block_on(self.queue.put(text)).unwrap();
    }

    /// Waits for the first poisoned message.
    pub(crate) fn poisoned(&self) -> Message {
        eventually("a poisoned message", || {
            let received = self.runtime.block_on(self.poison.receive(1, A_WHILE));
            received.ok()?.pop()
        })
    }

    /// Whether nothing can be received; what is hidden does not count.
    pub(crate) fn is_empty(&self) -> bool {
        self.runtime.block_on(self.queue.receive(1, A_WHILE)).unwrap().is_empty()
    }

    /// The decoded texts of the first `count` messages.
    pub(crate) fn texts(&self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        eventually("messages", || {
            let received = self.runtime.block_on(self.queue.receive(32, LONG)).ok()?;
            texts.extend(received.iter().map(decoded));
            (texts.len() >= count).then_some(())
        });
        texts
    }
}

/// The text of a message in base64.
pub(crate) fn decoded(message: &Message) -> String {
    String::from_utf8(STANDARD.decode(&message.text).unwrap()).unwrap()
}

/// A container of the test's own.
pub(crate) struct Blobs {
    pub(crate) container: Container,
    pub(crate) runtime: Runtime,
}

impl Blobs {
    pub(crate) fn new() -> Self {
        let account = Account::of_identity(&blob_endpoint(), storage_credential()).unwrap();
        let container = Container::new(account, &format!("c-{}", Uuid::new_v4()));
        let runtime = runtime();
        runtime.block_on(container.create()).unwrap();
        Self { container, runtime }
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        self.runtime.block_on(self.container.put(name, text.as_bytes().to_vec())).unwrap();
    }

    /// The text of a blob, once it is there.
    pub(crate) fn text(&self, name: &str) -> String {
        eventually("a blob", || {
            let read = self.runtime.block_on(self.container.read(name, 1024)).unwrap()?;
            Some(String::from_utf8(read.bytes).unwrap())
        })
    }
}
