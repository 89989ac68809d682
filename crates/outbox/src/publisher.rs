//! Sending events to the service's event hub.
//!
//! The client lives on a thread of its own with a single-threaded runtime: the SDK registers a
//! delivery after it has sent it, and on a runtime of several threads an acknowledgement that
//! overtakes the registration leaves the send waiting for ever. Each send has a deadline as well;
//! one that misses it drops the client, and the events are sent again by a new one.
//!
//! We choose the partition of a subject. Keys that the hub hashes would need a batch for each key,
//! and few keys leave partitions empty. The partitions are asked for when the client connects. Once
//! a hub gets more of them, subjects change theirs: the next event of one may be consumed before
//! the last in its old partition. So let the outbox and its consumers run empty before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{EventDataBatchOptions, ProducerClient};
use service::{ConfigError, managed_identity, required_var};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use crate::store::{Row, subject};

/// A send that takes longer is given up and done again.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Jobs that wait for the client. The relay has one at a time.
const QUEUE_LENGTH: usize = 1;

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

    async fn open(&self) -> Result<Client, PublishError> {
        let credential = managed_identity(self.client_id.clone())?;
        let client = ProducerClient::builder().with_custom_endpoint(self.endpoint.clone()).open(
            self.namespace(),
            self.name,
            credential,
        );
        let client = timeout(SEND_TIMEOUT, client).await??;
        let properties = timeout(SEND_TIMEOUT, client.get_eventhub_properties()).await??;
        let mut partitions = properties.partition_ids;
        // By number, whatever their order in the answer: every instance must choose the same.
        partitions.sort_by_key(|id| (id.len(), id.clone()));
        Ok(Client { producer: Arc::new(client), partitions })
    }
}

/// A connection to the hub.
struct Client {
    producer: Arc<ProducerClient>,
    /// The ids of the hub's partitions.
    partitions: Vec<String>,
}

impl Client {
    /// The same in every build and instance.
    fn partition(&self, subject: &str) -> Result<&str, PublishError> {
        let hash = usize::try_from(crc32fast::hash(subject.as_bytes())).unwrap_or_default();
        let position = hash.checked_rem(self.partitions.len());
        let partition = position.and_then(|position| self.partitions.get(position));
        partition.map(String::as_str).ok_or(PublishError::NoPartitions)
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
    #[error("the hub has no partitions")]
    NoPartitions,
    #[error("an event does not fit into a batch")]
    TooLarge,
    #[error("the client panicked")]
    Panicked(#[from] JoinError),
    #[error("the publisher's thread has ended")]
    Stopped,
}

/// What became of rows that were to be sent.
#[derive(Default)]
pub(crate) struct Published {
    /// The ids of those that the hub has for certain.
    pub(crate) sent: Vec<u64>,
    /// Why it does not have all.
    pub(crate) failure: Option<PublishError>,
}

impl From<PublishError> for Published {
    fn from(failure: PublishError) -> Self {
        Self { sent: Vec::new(), failure: Some(failure) }
    }
}

pub(crate) struct Job {
    pub(crate) rows: Arc<[Row]>,
    pub(crate) done: oneshot::Sender<Published>,
}

/// A handle to the client's thread.
pub(crate) struct Publisher(pub(crate) mpsc::Sender<Job>);

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

    /// Returns once it is known of each row whether the hub has all of it. A partition's events are
    /// sent in their order; after a failure some may have arrived that do not count as sent.
    pub(crate) async fn publish(&self, rows: Arc<[Row]>) -> Published {
        let (done, published) = oneshot::channel();
        match self.0.send(Job { rows, done }).await {
            Ok(()) => published.await.unwrap_or_else(|_| PublishError::Stopped.into()),
            Err(_) => PublishError::Stopped.into(),
        }
    }
}

async fn run(hub: Hub, mut jobs: mpsc::Receiver<Job>) {
    let mut client = None;
    while let Some(job) = jobs.recv().await {
        let published = send(&hub, &mut client, job.rows).await.unwrap_or_else(Published::from);
        if published.failure.is_some() {
            client = None;
        }
        // The relay that asked may have been dropped; then the rows are simply sent again.
        let _asker_is_gone = job.done.send(published);
    }
}

/// Sends to all partitions at once. Each has a task of its own, as a single future would make tokio
/// interrupt the SDK at any place.
async fn send(
    hub: &Hub,
    client: &mut Option<Client>,
    rows: Arc<[Row]>,
) -> Result<Published, PublishError> {
    let client = match client {
        Some(client) => client,
        None => client.insert(hub.open().await?),
    };
    // What goes where: the rows that it comes from, and the events, both in order.
    let mut partitions: BTreeMap<&str, (Vec<u64>, Vec<Vec<u8>>)> = BTreeMap::new();
    for row in &*rows {
        for event in row.events() {
            let (ids, events) = partitions.entry(client.partition(&subject(event))?).or_default();
            ids.push(row.id);
            events.push(event.as_bytes().to_vec());
        }
    }
    let mut sends = JoinSet::new();
    for (partition, (ids, events)) in partitions {
        let (producer, partition) = (Arc::clone(&client.producer), partition.to_owned());
        sends.spawn(async move { (ids, send_in_order(&producer, &partition, events).await) });
    }
    let (mut unsent, mut failure) = (BTreeSet::new(), None);
    while let Some(sent) = sends.join_next().await {
        // Of a send that panicked it is not known which rows it had.
        let (ids, sending) = sent?;
        if let Err(error) = sending {
            unsent.extend(ids);
            failure = Some(error);
        }
    }
    let sent = rows.iter().map(|row| row.id).filter(|id| !unsent.contains(id)).collect();
    Ok(Published { sent, failure })
}

async fn send_in_order(
    client: &ProducerClient,
    partition: &str,
    events: Vec<Vec<u8>>,
) -> Result<(), PublishError> {
    let new_batch = || {
        let partition_id = Some(partition.to_owned());
        client.create_batch(Some(EventDataBatchOptions { partition_id, ..Default::default() }))
    };
    let mut batch = timeout(SEND_TIMEOUT, new_batch()).await??;
    for event in events {
        let event = EventData::builder()
            .with_content_type("application/cloudevents+json".to_owned())
            .with_body(event)
            .build();
        if batch.try_add_event_data(event.clone(), None)? {
            continue;
        }
        if batch.is_empty() {
            return Err(PublishError::TooLarge);
        }
        let full = std::mem::replace(&mut batch, timeout(SEND_TIMEOUT, new_batch()).await??);
        timeout(SEND_TIMEOUT, client.send_batch(full, None)).await??;
        if !batch.try_add_event_data(event, None)? {
            return Err(PublishError::TooLarge);
        }
    }
    Ok(timeout(SEND_TIMEOUT, client.send_batch(batch, None)).await??)
}
