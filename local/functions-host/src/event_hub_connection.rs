//! The connection to a hub that all partition readers of one trigger share.

use std::sync::Arc;
use std::time::Duration;

use azure_messaging_eventhubs::{
    ConsumerClient, EventHubsError, EventReceiver, OpenReceiverOptions, RetryOptions,
    StartLocation, StartPosition,
};
use tokio::sync::Mutex;
use tokio::time::{error::Elapsed, timeout};

use crate::triggers::EventHubTrigger;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Why the hub cannot be reached at the moment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectionError {
    /// The broker refused, or went away.
    #[error("{0}")]
    Broker(#[from] EventHubsError),
    /// The identity endpoint is not usable.
    #[error("{0}")]
    Credential(#[from] azure_core::Error),
    /// The broker is silent.
    #[error("the broker did not answer within {CONNECT_TIMEOUT:?}")]
    Timeout(#[from] Elapsed),
}

/// One connection at a time, opened when it is first needed and after it was given up.
pub(crate) struct EventHubConnection {
    trigger: Arc<EventHubTrigger>,
    client: Mutex<Option<Arc<ConsumerClient>>>,
}

impl EventHubConnection {
    /// A connection that is not open yet.
    pub(crate) fn new(trigger: Arc<EventHubTrigger>) -> Self {
        Self { trigger, client: Mutex::new(None) }
    }

    /// The open connection.
    pub(crate) async fn client(&self) -> Result<Arc<ConsumerClient>, ConnectionError> {
        let mut client = self.client.lock().await;
        if let Some(client) = &*client {
            return Ok(Arc::clone(client));
        }
        let opened = Arc::new(timeout(CONNECT_TIMEOUT, self.open()).await??);
        *client = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// Gives up a connection that failed, unless another reader has replaced it already.
    pub(crate) async fn give_up(&self, failed: &Arc<ConsumerClient>) {
        self.client.lock().await.take_if(|client| Arc::ptr_eq(client, failed));
    }

    async fn open(&self) -> Result<ConsumerClient, ConnectionError> {
        // Retries stay off: the SDK would attach again where the receiver first began.
        let retries = RetryOptions { max_retries: 0, ..RetryOptions::default() };
        let mut builder = ConsumerClient::builder()
            .with_consumer_group(self.trigger.consumer_group.clone())
            .with_retry_options(retries);
        let namespace = &self.trigger.namespace;
        if is_loopback(namespace) {
            builder = builder.with_custom_endpoint(format!("amqp://{namespace}"));
        }
        let credential = self.trigger.identity.credential()?;
        Ok(builder.open(namespace, self.trigger.hub.clone(), credential).await?)
    }
}

/// Ids of the hub's partitions.
pub(crate) async fn partitions(client: &ConsumerClient) -> Result<Vec<String>, ConnectionError> {
    let properties = timeout(CONNECT_TIMEOUT, client.get_eventhub_properties()).await??;
    Ok(properties.partition_ids)
}

/// The number of a partition's newest event.
pub(crate) async fn newest(
    client: &ConsumerClient,
    partition: &str,
) -> Result<Option<i64>, ConnectionError> {
    let asked = timeout(CONNECT_TIMEOUT, client.get_partition_properties(partition)).await;
    let properties = asked??;
    Ok((!properties.is_empty).then_some(properties.last_enqueued_sequence_number))
}

/// A receiver of the events after `processed`, or of all.
pub(crate) async fn receiver(
    client: &ConsumerClient,
    partition: &str,
    processed: Option<i64>,
    prefetch: usize,
) -> Result<EventReceiver, ConnectionError> {
    let location = processed.map_or(StartLocation::Earliest, StartLocation::SequenceNumber);
    let options = OpenReceiverOptions {
        start_position: Some(StartPosition { location, inclusive: false }),
        prefetch: u32::try_from(prefetch).ok(),
        ..OpenReceiverOptions::default()
    };
    let open = client.open_receiver_on_partition(partition.to_owned(), Some(options));
    Ok(timeout(CONNECT_TIMEOUT, open).await??)
}

/// Whether a namespace is an emulator on this machine, which speaks AMQP without TLS.
pub(crate) fn is_loopback(namespace: &str) -> bool {
    let host = namespace.rsplit_once(':').map_or(namespace, |(host, _)| host);
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
