//! Watches a container and delivers its blobs as the Storage Blobs extension does: what is new
//! becomes a message of a queue of the function's own, and a receipt, and the message is delivered
//! like any other, up to five times.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage_client::{Blob, Container, Content, Queue, StorageError};
use time::format_description::well_known::Rfc3339;
use tokio::time::sleep;

use crate::app::App;
use crate::body::MAX_BODY_BYTES;
use crate::envelope::Envelope;
use crate::function_json::Function;
use crate::output_binding::{put, write_blob};
use crate::proxy::HandlerClient;
use crate::queue_listener::{Listener, Meaning, Reading};
use crate::storage_connection::OpenError;
use crate::triggers::BlobTrigger;

/// The wait between two looks at the container, and at the queue. Azure may take ten minutes.
const SCAN_INTERVAL: Duration = Duration::from_secs(1);
/// Where receipts are kept, in the account of the watched container.
const RECEIPTS: &str = "azure-webjobs-hosts";
const POISON_QUEUE: &str = "webjobs-blobtrigger-poison";

/// The message that stands for a blob.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    #[serde(rename = "Type")]
    kind: String,
    function_id: String,
    blob_type: String,
    container_name: String,
    blob_name: String,
    e_tag: String,
}

/// Reads the blobs that messages stand for.
pub(crate) struct BlobReader {
    trigger: Arc<BlobTrigger>,
    container: Container,
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
    /// What looks for blobs, and what delivers them.
    pub(crate) fn open(
        app: Arc<App>,
        function: Arc<Function>,
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
            app: Arc::clone(&app),
            function: Arc::clone(&function),
            client,
            queue: queue.clone(),
            poison: Some(Queue::new(queues, POISON_QUEUE)),
            meaning: Meaning::Blob(Arc::clone(&reader)),
            polling_interval_max: SCAN_INTERVAL,
        };
        let receipts = Container::new(blobs, RECEIPTS);
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

impl BlobReader {
    /// The invocation for the blob that a message names. One that was written again since, or is
    /// gone, has none.
    pub(crate) async fn read(&self, message: &str) -> Reading {
        let Ok(written) = serde_json::from_str::<Written>(message) else {
            return Reading::Unreadable;
        };
        match self.container.read(&written.blob_name, MAX_BODY_BYTES).await {
            Ok(Some(content)) if content.etag == written.e_tag.trim_matches('"') => {
                let url = self.container.url_of(&written.blob_name);
                let envelope = envelope(&self.trigger, &written.blob_name, url.as_str(), content);
                Reading::Envelope(Box::new(envelope))
            }
            Ok(_) => Reading::Gone,
            Err(error) => {
                tracing::warn!(blob = written.blob_name, %error, "cannot read a blob");
                Reading::Failed
            }
        }
    }
}

fn envelope(trigger: &BlobTrigger, name: &str, url: &str, content: Content) -> Envelope {
    let properties = json!({
        "ContentLength": content.bytes.len(),
        "ContentType": content.content_type,
        "ETag": format!("\"{}\"", content.etag),
        "LastModified": content.modified_at.format(&Rfc3339).unwrap_or_default().replace('Z', "+00:00"),
    });
    let envelope = Envelope::default()
        .with_bytes(&trigger.input, STANDARD.encode(content.bytes))
        .with_metadata("BlobTrigger", format!("{}/{name}", trigger.container).into())
        .with_metadata("Uri", url.into())
        .with_metadata("Properties", properties)
        .with_metadata("Metadata", json!(content.metadata));
    let captures = trigger.pattern.captures(name).unwrap_or_default();
    captures
        .into_iter()
        .fold(envelope, |envelope, (name, value)| envelope.with_metadata(&name, value.into()))
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
    use std::collections::BTreeMap;

    use time::macros::datetime;

    use super::*;
    use crate::settings::Settings;
    use crate::triggers::Trigger;

    #[test]
    fn a_blob_is_the_documented_wire_sample() {
        let settings = Settings::from([("AzureWebJobsStorage", "AccountName=a")]);
        let function = r#"{"bindings":[{"type":"blobTrigger","name":"blob","path":"in/{name}"}]}"#;
        let function = Function::parse("f", function.as_bytes(), "api", &settings).unwrap();
        let Trigger::Blob(trigger) = function.trigger else { panic!("{function:?}") };
        let content = Content {
            etag: "0x1".to_owned(),
            modified_at: datetime!(2026-01-02 03:04:05 UTC),
            content_type: "text/plain".to_owned(),
            metadata: BTreeMap::new(),
            bytes: b"hello".to_vec(),
        };
        let url = "https://acct.blob.core.windows.net/in/a.txt";
        let expected = json!({
            "Data": { "blob": "aGVsbG8=" },
            "Metadata": {
                "Uri": "\"https://acct.blob.core.windows.net/in/a.txt\"",
                "Properties": {
                    "ContentLength": 5, "ContentType": "text/plain", "ETag": "\"0x1\"",
                    "LastModified": "2026-01-02T03:04:05+00:00",
                },
                "Metadata": {},
                "name": "\"a.txt\"",
            },
        });
        assert_eq!(json!(envelope(&trigger, "a.txt", url, content)), expected);
    }

    #[test]
    fn each_function_has_a_queue_of_its_own_with_a_name_that_queues_may_have() {
        let name = queue_name(["shop", "on_blob", "in"]);
        assert!(name.len() <= 63 && name != queue_name(["shop", "on_blob", "out"]));
    }
}
