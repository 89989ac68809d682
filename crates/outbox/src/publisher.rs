//! Sending events to the service's event hub.
//!
//! The client lives on a thread of its own with a single-threaded runtime: the SDK registers a
//! delivery after it has sent it, and on a runtime of several threads an acknowledgement that
//! overtakes the registration leaves the send waiting for ever. Each send has a deadline as well;
//! one that misses it drops the client, and the events are sent again by a new one.

use std::collections::BTreeMap;
use std::time::Duration;

use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{EventDataBatchOptions, ProducerClient};
use service::{ConfigError, managed_identity, required_var};
use tokio::sync::{mpsc, oneshot};

use crate::store::Row;

/// A send that takes longer is given up and done again.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Batches that wait for the client. One relay sends at a time, so one is enough.
const QUEUE_LENGTH: usize = 1;
/// How many partition keys the subjects share: few enough for full batches, many enough to use
/// every partition.
const PARTITION_KEYS: u32 = 16;

/// A service's own event hub.
pub struct Hub {
    /// The service's and the hub's name.
    pub name: &'static str,
    /// `amqps://<namespace>.servicebus.windows.net`.
    pub endpoint: String,
    /// The client id of the identity that may send.
    pub client_id: String,
}

impl Hub {
    /// The hub by the settings that every publishing service has.
    pub fn from_env(name: &'static str, endpoint_var: &'static str) -> Result<Self, ConfigError> {
        let endpoint = required_var(endpoint_var)?;
        Ok(Self { name, endpoint, client_id: required_var("AZURE_CLIENT_ID")? })
    }

    fn namespace(&self) -> &str {
        let address = self.endpoint.split_once("://").map_or(&*self.endpoint, |(_, rest)| rest);
        address.split([':', '/']).next().unwrap_or(address)
    }

    async fn open(&self) -> Result<ProducerClient, PublishError> {
        let credential = managed_identity(self.client_id.clone())?;
        let client = ProducerClient::builder().with_custom_endpoint(self.endpoint.clone()).open(
            self.namespace(),
            self.name,
            credential,
        );
        Ok(tokio::time::timeout(SEND_TIMEOUT, client).await??)
    }
}

/// Why events were not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PublishError {
    #[error(transparent)]
    Identity(#[from] ConfigError),
    #[error("the hub refused")]
    Hub(#[from] azure_messaging_eventhubs::EventHubsError),
    #[error("the hub did not answer in {SEND_TIMEOUT:?}")]
    Timeout(#[from] tokio::time::error::Elapsed),
    #[error("an event does not fit into a batch")]
    TooLarge,
    #[error("the publisher's thread has ended")]
    Stopped,
}

/// Events by partition key, each key's in order.
type Batches = BTreeMap<u32, Vec<String>>;

struct Job {
    batches: Batches,
    done: oneshot::Sender<Result<(), PublishError>>,
}

/// A handle to the client's thread.
pub(crate) struct Publisher(mpsc::Sender<Job>);

impl Publisher {
    pub(crate) fn start(hub: Hub) -> Result<Self, ConfigError> {
        let (sender, jobs) = mpsc::channel(QUEUE_LENGTH);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|_| ConfigError::Invalid(hub.name, "no runtime for its publisher"))?;
        std::thread::Builder::new()
            .name("publisher".to_owned())
            .spawn(move || runtime.block_on(run(hub, jobs)))
            .map_err(|_| ConfigError::Invalid("publisher", "its thread cannot be started"))?;
        Ok(Self(sender))
    }

    /// Returns once the hub has all of the rows. After an error some may have been sent.
    pub(crate) async fn publish(&self, rows: &[Row]) -> Result<(), PublishError> {
        let mut batches = Batches::new();
        for row in rows {
            batches.entry(partition_key(&row.subject)).or_default().push(row.body.clone());
        }
        let (done, outcome) = oneshot::channel();
        self.0.send(Job { batches, done }).await.map_err(|_| PublishError::Stopped)?;
        outcome.await.map_err(|_| PublishError::Stopped)?
    }
}

/// The same in every build: the events of one subject never change partition.
fn partition_key(subject: &str) -> u32 {
    crc32fast::hash(subject.as_bytes()) % PARTITION_KEYS
}

async fn run(hub: Hub, mut jobs: mpsc::Receiver<Job>) {
    let mut client = None;
    while let Some(job) = jobs.recv().await {
        let outcome = send(&hub, &mut client, job.batches).await;
        if outcome.is_err() {
            client = None;
        }
        // The relay that asked may have been dropped; then the rows are simply sent again.
        let _asker_is_gone = job.done.send(outcome);
    }
}

async fn send(
    hub: &Hub,
    client: &mut Option<ProducerClient>,
    batches: Batches,
) -> Result<(), PublishError> {
    let client = match client {
        Some(client) => client,
        None => client.insert(hub.open().await?),
    };
    for (partition_key, events) in batches {
        tokio::time::timeout(SEND_TIMEOUT, send_in_order(client, partition_key, events)).await??;
    }
    Ok(())
}

async fn send_in_order(
    client: &ProducerClient,
    partition_key: u32,
    events: Vec<String>,
) -> Result<(), PublishError> {
    let new_batch = || {
        let options = EventDataBatchOptions {
            partition_key: Some(partition_key.to_string()),
            ..Default::default()
        };
        client.create_batch(Some(options))
    };
    let mut batch = new_batch().await?;
    for body in events {
        let event = || {
            EventData::builder()
                .with_content_type("application/cloudevents+json".to_owned())
                .with_body(body.as_bytes().to_vec())
                .build()
        };
        if batch.try_add_event_data(event(), None)? {
            continue;
        }
        if batch.is_empty() {
            return Err(PublishError::TooLarge);
        }
        client.send_batch(std::mem::replace(&mut batch, new_batch().await?), None).await?;
        if !batch.try_add_event_data(event(), None)? {
            return Err(PublishError::TooLarge);
        }
    }
    Ok(client.send_batch(batch, None).await?)
}
