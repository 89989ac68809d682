//! Reads the partitions of a hub and delivers their events, with checkpoints.
//!
//! Everything here runs on one thread of its own: the AMQP library under the SDK's client can miss
//! an acknowledgement when another thread runs its connection.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use azure_messaging_eventhubs::models::ReceivedEventData;
use azure_messaging_eventhubs::{
    ConsumerClient, EventHubsError, EventReceiver, OpenReceiverOptions, RetryOptions,
    StartLocation, StartPosition,
};
use futures_util::{Stream, StreamExt};
use tokio::task::JoinSet;
use tokio::time::{error::Elapsed, sleep, timeout};

use crate::app::App;
use crate::checkpoints::CheckpointFile;
use crate::event_batch::{self, Event, Unnumbered};
use crate::function_json::{Cardinality, EventHubTrigger, Function};
use crate::invocation::invoke_with_retries;
use crate::proxy::HandlerClient;
use crate::state_dir::StateDir;

/// Events that follow the first within this time join its batch.
const BATCH_LINGER: Duration = Duration::from_millis(2);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const FIRST_RECONNECT_DELAY: Duration = Duration::from_millis(200);
const LONGEST_RECONNECT_DELAY: Duration = Duration::from_secs(5);

/// Why a partition cannot be read at the moment.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("{0}")]
    Broker(#[from] EventHubsError),
    #[error("{0}")]
    Credential(#[from] azure_core::Error),
    #[error("the broker did not answer within {CONNECT_TIMEOUT:?}")]
    Timeout(#[from] Elapsed),
    #[error("the broker ended the stream")]
    Ended,
    #[error(transparent)]
    Unnumbered(#[from] Unnumbered),
    #[error("the checkpoint cannot be kept: {0}")]
    Checkpoint(#[from] io::Error),
}

/// What one trigger needs to run.
#[derive(Clone)]
pub(crate) struct Reader {
    /// Its app.
    pub(crate) app: Arc<App>,
    /// Index of its function in the app.
    pub(crate) function: usize,
    /// Its trigger.
    pub(crate) trigger: EventHubTrigger,
    /// The way to the handler.
    pub(crate) client: HandlerClient,
    /// Where its checkpoints are kept.
    pub(crate) state: StateDir,
}

impl Reader {
    /// Reads all partitions until the app host stops, however often the broker goes away.
    pub(crate) async fn run(self) {
        let mut delay = FIRST_RECONNECT_DELAY;
        let partitions = loop {
            match self.partitions().await {
                Ok(partitions) => break partitions,
                Err(error) => self.pause("hub", &error, &mut delay).await,
            }
        };
        let mut readers = JoinSet::new();
        for partition in partitions {
            let reader = self.clone();
            readers.spawn(async move { reader.run_partition(&partition).await });
        }
        while readers.join_next().await.is_some() {}
    }

    async fn partitions(&self) -> Result<Vec<String>, ReadError> {
        let client = self.connect().await?;
        let properties = timeout(CONNECT_TIMEOUT, client.get_eventhub_properties()).await??;
        Ok(properties.partition_ids)
    }

    async fn run_partition(&self, partition: &str) {
        let mut delay = FIRST_RECONNECT_DELAY;
        loop {
            if let Err(error) = self.read_partition(partition, &mut delay).await {
                self.pause(partition, &error, &mut delay).await;
            }
        }
    }

    async fn pause(&self, what: &str, error: &ReadError, delay: &mut Duration) {
        let hub = &self.trigger.hub;
        let app = &self.app.name;
        tracing::warn!(app, hub, partition = what, %error, retry_in = ?delay, "cannot read events");
        sleep(*delay).await;
        *delay = delay.saturating_mul(2).min(LONGEST_RECONNECT_DELAY);
    }

    async fn connect(&self) -> Result<ConsumerClient, ReadError> {
        // Retries stay off: the SDK would attach again where the receiver first began.
        let retries = RetryOptions { max_retries: 0, ..RetryOptions::default() };
        let mut builder = ConsumerClient::builder()
            .with_consumer_group(self.trigger.consumer_group.clone())
            .with_retry_options(retries);
        let namespace = &self.trigger.namespace;
        if is_loopback(namespace) {
            builder = builder.with_custom_endpoint(format!("amqp://{namespace}"));
        }
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: self.trigger.client_id.clone().map(UserAssignedId::ClientId),
            ..ManagedIdentityCredentialOptions::default()
        };
        let credential: Arc<dyn TokenCredential> = ManagedIdentityCredential::new(Some(options))?;
        let open = builder.open(namespace, self.trigger.hub.clone(), credential);
        Ok(timeout(CONNECT_TIMEOUT, open).await??)
    }

    async fn read_partition(&self, partition: &str, delay: &mut Duration) -> Result<(), ReadError> {
        let checkpoint = CheckpointFile::at(self.state.checkpoint(
            &self.app.name,
            &self.trigger.hub,
            &self.trigger.consumer_group,
            partition,
        ));
        let mut processed = checkpoint.load()?;
        self.note(partition, |progress| progress.checkpoint = processed);
        let client = self.connect().await?;
        let receiver = self.open_receiver(&client, partition, processed).await?;
        let mut events = pin!(receiver.stream_events());
        loop {
            let batch = self.next_batch(&mut events, processed).await?;
            let Some(last) = batch.last().map(|event| event.sequence_number) else { continue };
            *delay = FIRST_RECONNECT_DELAY;
            self.note(partition, |progress| progress.received = Some(last));
            self.deliver(partition, &batch).await;
            checkpoint.store(last)?;
            processed = Some(last);
            self.note(partition, |progress| progress.checkpoint = processed);
        }
    }

    async fn open_receiver(
        &self,
        client: &ConsumerClient,
        partition: &str,
        processed: Option<i64>,
    ) -> Result<EventReceiver, ReadError> {
        let location = processed.map_or(StartLocation::Earliest, StartLocation::SequenceNumber);
        let options = OpenReceiverOptions {
            start_position: Some(StartPosition { location, inclusive: false }),
            prefetch: u32::try_from(self.app.host.max_event_batch_size).ok(),
            ..OpenReceiverOptions::default()
        };
        let open = client.open_receiver_on_partition(partition.to_owned(), Some(options));
        Ok(timeout(CONNECT_TIMEOUT, open).await??)
    }

    /// Waits for an event and takes those that follow at once. Events up to `processed` are
    /// dropped: the broker may send them again.
    async fn next_batch(
        &self,
        events: &mut (impl Stream<Item = Result<ReceivedEventData, EventHubsError>> + Unpin),
        processed: Option<i64>,
    ) -> Result<Vec<Event>, ReadError> {
        let first = events.next().await.ok_or(ReadError::Ended)??;
        let mut batch = vec![Event::try_from(&first)?];
        let mut linger = pin!(sleep(BATCH_LINGER));
        while batch.len() < self.app.host.max_event_batch_size {
            tokio::select! {
                biased;
                next = events.next() => {
                    batch.push(Event::try_from(&next.ok_or(ReadError::Ended)??)?);
                }
                () = &mut linger => break,
            }
        }
        batch.retain(|event| processed.is_none_or(|done| event.sequence_number > done));
        Ok(batch)
    }

    /// Delivers a batch. It counts as processed afterwards even when the function failed and its
    /// retry policy has ended: that is what the platform does.
    async fn deliver(&self, partition: &str, events: &[Event]) {
        let Some(function) = self.app.functions.get(self.function) else { return };
        let envelopes = match self.trigger.cardinality {
            Cardinality::Many => vec![event_batch::batch(&self.trigger, partition, events)],
            Cardinality::One => {
                let single = |event| event_batch::single(&self.trigger, partition, event);
                events.iter().map(single).collect()
            }
        };
        for envelope in &envelopes {
            let failed = |_: &_| {
                self.note(partition, |progress| {
                    progress.failures = progress.failures.saturating_add(1);
                });
            };
            let call = invoke_with_retries(&self.client, &self.app, function, envelope, failed);
            if call.await.is_err() {
                let name = &function.name;
                tracing::error!(app = self.app.name, function = name, partition, "events given up");
            }
        }
    }

    fn note(&self, partition: &str, change: impl FnOnce(&mut crate::app::Progress)) {
        if let Some(Function { name, .. }) = self.app.functions.get(self.function) {
            self.app.note_progress(name, partition, change);
        }
    }
}

/// Whether a namespace is an emulator on this machine, which speaks AMQP without TLS.
fn is_loopback(namespace: &str) -> bool {
    let host = namespace.rsplit_once(':').map_or(namespace, |(host, _)| host);
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
