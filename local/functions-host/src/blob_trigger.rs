//! Watches a container and delivers its blobs as the Storage Blobs extension does: what is new
//! becomes a message of a queue of the function's own, and a receipt, and the message is delivered
//! like any other, up to five times.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use azure_core::http::Url;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use storage_client::{Account, Blob, Container, Queue, StorageError};
use tokio::time::sleep;

use crate::app::App;
use crate::blob_message::{BlobReader, Written};
use crate::function_json::Function;
use crate::output_binding::{put, write_blob};
use crate::proxy::HandlerClient;
use crate::queue_listener::{Listener, Meaning};
use crate::routes::decode;
use crate::storage_connection::OpenError;
use crate::triggers::{BlobSource, BlobTrigger};

/// The wait between two looks at the container, and at the queue. Azure may take ten minutes.
const SCAN_INTERVAL: Duration = Duration::from_secs(1);
/// Where receipts are kept, in the account of the watched container.
const RECEIPTS: &str = "azure-webjobs-hosts";
const POISON_QUEUE: &str = "webjobs-blobtrigger-poison";
/// What an event says that tells of a blob that was written.
const BLOB_CREATED: &str = "Microsoft.Storage.BlobCreated";

/// Why an event is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EventError {
    #[error("an event without the URL of a blob")]
    NoBlob,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Looks for blobs that have no receipt.
pub(crate) struct Watch {
    app: Arc<App>,
    function: Arc<Function>,
    reader: Arc<BlobReader>,
    receipts: Container,
    queue: Queue,
    /// The ETags of blobs that have a receipt, by name.
    known: HashMap<String, String>,
}

impl Watch {
    /// What looks for blobs, if Event Grid does not tell of them, and what delivers them.
    pub(crate) fn open(
        app: &Arc<App>,
        function: &Arc<Function>,
        trigger: &Arc<BlobTrigger>,
        client: HandlerClient,
    ) -> Result<(Option<Self>, Listener), OpenError> {
        let (blobs, queues) = (trigger.blobs.open()?, trigger.queues.open()?);
        let queue = queue_of(app, function, trigger, queues.clone());
        let container = Container::new(blobs.clone(), &trigger.container);
        let reader = Arc::new(BlobReader { trigger: Arc::clone(trigger), container });
        let listener = Listener {
            app: Arc::clone(app),
            function: Arc::clone(function),
            client,
            queue: queue.clone(),
            poison: Some(Queue::new(queues, POISON_QUEUE)),
            meaning: Meaning::Blob(Arc::clone(&reader)),
            polling_interval_max: SCAN_INTERVAL,
        };
        let receipts = Container::new(blobs, RECEIPTS);
        let (app, function) = (Arc::clone(app), Arc::clone(function));
        let watch = Self { app, function, reader, receipts, queue, known: HashMap::new() };
        let looks = trigger.source == BlobSource::LogsAndContainerScan;
        Ok((looks.then_some(watch), listener))
    }

    /// Looks until the app host stops.
    pub(crate) async fn run(mut self) {
        let mut is_failing = false;
        loop {
            let outcome = self.scan().await;
            if let Err(error) = &outcome
                && !is_failing
            {
                let container = self.reader.container.name();
                tracing::warn!(app = self.app.name, container, %error, "cannot look for blobs");
            }
            is_failing = outcome.is_err();
            sleep(SCAN_INTERVAL).await;
        }
    }

    async fn scan(&mut self) -> Result<(), StorageError> {
        let blobs = match self.reader.container.list("").await {
            Err(error) if error.is_refusal(&["ContainerNotFound"]) => return Ok(()),
            listed => listed?,
        };
        forget_gone(&mut self.known, &blobs);
        for blob in &blobs {
            let is_known = self.known.get(&blob.name) == Some(&blob.etag);
            if !is_known && self.reader.trigger.pattern.captures(&blob.name).is_some() {
                self.note(blob).await?;
                self.known.insert(blob.name.clone(), blob.etag.clone());
            }
        }
        Ok(())
    }

    /// Sees to it that the blob is delivered, at least once for each time it is written.
    async fn note(&self, blob: &Blob) -> Result<(), StorageError> {
        let (app, function) = (&self.app.name, &self.function.name);
        let container = self.reader.container.name();
        let receipt = format!(
            "blobreceipts/{app}/Host.Functions.{function}/\"{}\"/{container}/{}",
            blob.etag, blob.name
        );
        if self.receipts.has(&receipt).await? {
            return Ok(());
        }
        tell(&self.queue, function, container, (&blob.name, &blob.etag, &blob.kind)).await?;
        // Killed before this, the host tells of the blob once more.
        write_blob(&self.receipts, &receipt, Vec::new()).await
    }
}

/// What is known of blobs that are deleted would only grow.
fn forget_gone(known: &mut HashMap<String, String>, blobs: &[Blob]) {
    let there: HashSet<&str> = blobs.iter().map(|blob| &*blob.name).collect();
    known.retain(|name, _| there.contains(&**name));
}

/// Takes an event of Event Grid, in either schema, that a blob was written. Like Azure, it only
/// puts the blob into the function's queue; a blob elsewhere, which Azure would fail to bind, is
/// passed over, as is what else happened to a blob.
pub(crate) async fn take_event(
    app: &App,
    function: &Function,
    trigger: &BlobTrigger,
    event: &Value,
) -> Result<(), EventError> {
    if ![&event["eventType"], &event["type"]].into_iter().any(|kind| kind == BLOB_CREATED) {
        return Ok(());
    }
    let text = |name: &str| event["data"][name].as_str().unwrap_or_default();
    let (container, blob) = location(text("url")).ok_or(EventError::NoBlob)?;
    if container != trigger.container || trigger.pattern.captures(&blob).is_none() {
        tracing::warn!(function = function.name, blob, "an event of a blob that is not watched");
        return Ok(());
    }
    let queue = queue_of(app, function, trigger, trigger.queues.open()?);
    tell(&queue, &function.name, &container, (&blob, text("eTag"), text("blobType"))).await?;
    Ok(())
}

/// Container and name of the blob at a URL, before which an emulator has the account's name.
fn location(url: &str) -> Option<(String, String)> {
    let url: Url = url.parse().ok()?;
    let names_account = matches!(url.host_str()?, "localhost" | "127.0.0.1" | "[::1]");
    let mut segments = url.path_segments()?.skip(usize::from(names_account));
    let container = decode(segments.next()?)?;
    let blob = decode(&segments.collect::<Vec<_>>().join("/"))?;
    (!blob.is_empty()).then_some((container, blob))
}

/// Puts a blob, by name, ETag and type, into the function's queue.
async fn tell(
    queue: &Queue,
    function: &str,
    container: &str,
    (blob, etag, kind): (&str, &str, &str),
) -> Result<(), StorageError> {
    let written = Written {
        kind: "BlobTrigger".to_owned(),
        function_id: format!("Host.Functions.{function}"),
        blob_type: kind.to_owned(),
        container_name: container.to_owned(),
        blob_name: blob.to_owned(),
        e_tag: format!("\"{etag}\""),
    };
    put(queue, &STANDARD.encode(json!(written).to_string())).await
}

fn queue_of(app: &App, function: &Function, trigger: &BlobTrigger, account: Account) -> Queue {
    Queue::new(account, &queue_name([&app.name, &function.name, &trigger.container]))
}

/// As Azure calls it, but one for each function and container: what another host, of which an
/// account may have several, takes from it would be lost to this one.
fn queue_name(parts: [&str; 3]) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let hash = parts
        .join("/")
        .bytes()
        .fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("azure-webjobs-blobtrigger-{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_blob_tells_container_and_name() {
        let found = |url| location(url).unwrap();
        let (container, name) = ("in".to_owned(), "a b/c.txt".to_owned());
        for url in [
            "https://acct.blob.core.windows.net/in/a%20b/c.txt",
            "http://127.0.0.1:10000/devstoreaccount1/in/a%20b/c.txt",
        ] {
            assert_eq!(found(url), (container.clone(), name.clone()));
        }
        assert_eq!(location("https://acct.blob.core.windows.net/in"), None);
        assert_eq!(location("no url"), None);
    }

    #[test]
    fn a_blob_that_is_gone_is_known_no_more() {
        let mut known: HashMap<String, String> =
            ["kept", "gone"].map(|name| (name.to_owned(), "0x1".to_owned())).into();
        let there = Blob {
            name: "kept".to_owned(),
            etag: "0x2".to_owned(),
            modified_at: time::OffsetDateTime::UNIX_EPOCH,
            content_length: 0,
            content_type: String::new(),
            kind: "BlockBlob".to_owned(),
        };
        forget_gone(&mut known, &[there]);
        assert_eq!(known.into_keys().collect::<Vec<_>>(), ["kept"]);
    }

    #[test]
    fn each_function_has_a_queue_of_its_own_with_a_name_that_queues_may_have() {
        let name = queue_name(["shop", "on_blob", "in"]);
        assert!(name.len() <= 63 && name != queue_name(["shop", "on_blob", "out"]));
    }
}
