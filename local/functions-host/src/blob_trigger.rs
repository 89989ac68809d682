//! Watches a container and delivers its blobs as the Storage Blobs extension does: what is new
//! becomes a message of a queue of the function's own, and a receipt, and the message is delivered
//! like any other, up to five times.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use storage_client::{Blob, Container, Queue, StorageError};
use tokio::time::sleep;

use crate::app::App;
use crate::blob_message::{BlobReader, Written};
use crate::function_json::Function;
use crate::output_binding::{put, write_blob};
use crate::proxy::HandlerClient;
use crate::queue_listener::{Listener, Meaning};
use crate::storage_connection::OpenError;
use crate::triggers::BlobTrigger;

/// The wait between two looks at the container, and at the queue. Azure may take ten minutes.
const SCAN_INTERVAL: Duration = Duration::from_secs(1);
/// Where receipts are kept, in the account of the watched container.
const RECEIPTS: &str = "azure-webjobs-hosts";
const POISON_QUEUE: &str = "webjobs-blobtrigger-poison";

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
    /// What looks for blobs, and what delivers them.
    pub(crate) fn open(
        app: &Arc<App>,
        function: &Arc<Function>,
        trigger: &Arc<BlobTrigger>,
        client: HandlerClient,
    ) -> Result<(Self, Listener), OpenError> {
        let (blobs, queues) = (trigger.blobs.open()?, trigger.queues.open()?);
        let queue = Queue::new(
            queues.clone(),
            &queue_name([&app.name, &function.name, &trigger.container]),
        );
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
        Ok((Self { app, function, reader, receipts, queue, known: HashMap::new() }, listener))
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
        let written = Written {
            kind: "BlobTrigger".to_owned(),
            function_id: format!("Host.Functions.{function}"),
            blob_type: blob.kind.clone(),
            container_name: container.to_owned(),
            blob_name: blob.name.clone(),
            e_tag: format!("\"{}\"", blob.etag),
        };
        put(&self.queue, &STANDARD.encode(json!(written).to_string())).await?;
        // Killed before this, the host tells of the blob once more.
        write_blob(&self.receipts, &receipt, Vec::new()).await
    }
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
    fn each_function_has_a_queue_of_its_own_with_a_name_that_queues_may_have() {
        let name = queue_name(["shop", "on_blob", "in"]);
        assert!(name.len() <= 63 && name != queue_name(["shop", "on_blob", "out"]));
    }
}
