//! Outputs of a function: queue, blob, event hub and Cosmos DB. What a handler says for them is
//! written after it has answered, and one that cannot be written fails the invocation.

use azure_data_cosmos::CosmosError;
use serde_json::{Map, Value};
use storage_client::{Account, Container, Queue, StorageError};
use tokio::sync::OnceCell;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::binding_expression::{ExpressionError, Template};
use crate::connection_identity::ConnectionIdentity;
use crate::cosmos_connection::{CosmosContainer, Unreachable};
use crate::envelope::Envelope;
use crate::event_hub_sender::{EventHubSender, SendError};
use crate::function_error::FunctionError;
use crate::output_value::{NotDocuments, Said};
use crate::queue_options::MessageEncoding;
use crate::storage_connection::{OpenError, StorageConnection};

/// Where a value goes, and under which name it is said.
#[derive(Debug)]
pub(crate) struct OutputBinding {
    /// Name of the value in the handler's answer.
    pub(crate) name: String,
    /// Whether a text that happens to be base64 stays a text.
    pub(crate) keeps_text: bool,
    /// Where it is written.
    pub(crate) target: Target,
}

/// Where the value of an output is written.
#[derive(Debug)]
pub(crate) enum Target {
    /// As messages, into a queue that is made if needed.
    Queue { queue: Template, account: LazyAccount },
    /// As a blob, in a container that is made if needed.
    Blob { container: Template, blob: Template, account: LazyAccount },
    /// As events.
    EventHub(EventHubSender),
    /// As documents, in the place of those with their ids.
    Cosmos(CosmosContainer),
}

/// An account that is opened at its first use.
#[derive(Debug)]
pub(crate) struct LazyAccount {
    connection: StorageConnection,
    account: OnceCell<Account>,
}

/// Why an output was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("a message without encoding is text: this one is not UTF-8")]
    NotText,
    #[error(transparent)]
    EventHub(#[from] SendError),
    #[error(transparent)]
    NotDocuments(#[from] NotDocuments),
    #[error("the document has no id")]
    NoId,
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    // Not its whole text: that is a page of diagnostics.
    #[error("Cosmos DB answers {0:?}")]
    Cosmos(azure_data_cosmos::CosmosStatus),
}

impl From<CosmosError> for WriteError {
    fn from(error: CosmosError) -> Self {
        Self::Cosmos(error.status())
    }
}

impl Target {
    /// A queue, whose name may have names in braces.
    pub(crate) fn queue(name: &str, connection: StorageConnection) -> Result<Self, FunctionError> {
        Ok(Self::Queue { queue: Template::parse(name)?, account: LazyAccount::new(connection) })
    }

    /// A blob, whose path may have names in braces.
    pub(crate) fn blob(path: &str, connection: StorageConnection) -> Result<Self, FunctionError> {
        let (container, blob) =
            path.split_once('/').ok_or_else(|| FunctionError::BlobPath(path.to_owned()))?;
        Ok(Self::Blob {
            container: Template::parse(container)?,
            blob: Template::parse(blob)?,
            account: LazyAccount::new(connection),
        })
    }

    /// A hub.
    pub(crate) fn event_hub(namespace: String, hub: String, identity: ConnectionIdentity) -> Self {
        Self::EventHub(EventHubSender::new(namespace, hub, identity))
    }
}

impl LazyAccount {
    fn new(connection: StorageConnection) -> Self {
        Self { connection, account: OnceCell::new() }
    }

    async fn get(&self) -> Result<Account, OpenError> {
        let opened = self.account.get_or_try_init(async || self.connection.open()).await;
        opened.cloned()
    }
}

impl OutputBinding {
    /// Whether the host itself needs an identity to write it.
    pub(crate) fn needs_identity(&self) -> bool {
        match &self.target {
            Target::Queue { account, .. } | Target::Blob { account, .. } => {
                account.connection.needs_identity()
            }
            Target::EventHub(_) | Target::Cosmos(_) => true,
        }
    }

    /// Writes what the handler said, if it said something.
    pub(crate) async fn write(
        &self,
        outputs: &Map<String, Value>,
        encoding: MessageEncoding,
        envelope: &Envelope,
    ) -> Result<(), WriteError> {
        let Some(value) = outputs.get(&self.name).filter(|value| !value.is_null()) else {
            return Ok(());
        };
        let said = Said::of(value.clone(), self.keeps_text);
        match &self.target {
            Target::Queue { queue, account } => {
                let name = queue.fill(envelope)?.to_ascii_lowercase();
                let queue = Queue::new(account.get().await?, &name);
                for item in said.into_items() {
                    put(&queue, &message(item, encoding)?).await?;
                }
            }
            Target::Blob { container, blob, account } => {
                let name = container.fill(envelope)?;
                let container = Container::new(account.get().await?, &name);
                write_blob(&container, &blob.fill(envelope)?, said.into_blob()).await?;
            }
            Target::EventHub(sender) => sender.send(said.into_items()).await?,
            Target::Cosmos(container) => {
                for document in said.into_documents()? {
                    let id = document.get("id").and_then(Value::as_str).ok_or(WriteError::NoId)?;
                    let id = id.to_owned();
                    let partition = container.partition_of(&document).await?;
                    let client = container.client().await?;
                    client.upsert_item(partition, &id, document, None).await?;
                }
            }
        }
        Ok(())
    }
}

fn message(item: Vec<u8>, encoding: MessageEncoding) -> Result<String, WriteError> {
    match encoding {
        MessageEncoding::Base64 => Ok(STANDARD.encode(item)),
        MessageEncoding::None => String::from_utf8(item).map_err(|_| WriteError::NotText),
    }
}

/// Puts a message into a queue that may not be there yet.
pub(crate) async fn put(queue: &Queue, text: &str) -> Result<(), StorageError> {
    match queue.put(text).await {
        Err(error) if error.is_refusal(&["QueueNotFound"]) => {
            queue.create().await?;
            queue.put(text).await
        }
        outcome => outcome,
    }
}

/// Writes a blob into a container that may not be there yet.
pub(crate) async fn write_blob(
    container: &Container,
    blob: &str,
    content: Vec<u8>,
) -> Result<(), StorageError> {
    match container.put(blob, content.clone()).await {
        Err(error) if error.is_refusal(&["ContainerNotFound"]) => {
            container.create().await?;
            container.put(blob, content).await
        }
        outcome => outcome,
    }
}
