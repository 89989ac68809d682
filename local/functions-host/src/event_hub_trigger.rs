//! Reads the partitions of a hub and delivers their events, with checkpoints.
//!
//! Everything here runs on one thread of its own: the AMQP library under the SDK's client can miss
//! an acknowledgement when another thread runs its connection.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use azure_messaging_eventhubs::models::ReceivedEventData;
use azure_messaging_eventhubs::{ConsumerClient, EventHubsError};
use futures_util::{Stream, StreamExt};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::app::{App, Progress};
use crate::checkpoints::CheckpointFile;
use crate::event_batch::{self, Event, Unnumbered};
use crate::event_hub_connection::{self, ConnectionError, EventHubConnection};
use crate::function_json::Function;
use crate::invocation::invoke_with_retries;
use crate::proxy::HandlerClient;
use crate::state_dir::StateDir;
use crate::triggers::{Cardinality, EventHubTrigger};

/// Events that follow the first within this time join its batch.
const BATCH_LINGER: Duration = Duration::from_millis(2);

const FIRST_RECONNECT_DELAY: Duration = Duration::from_millis(200);
const LONGEST_RECONNECT_DELAY: Duration = Duration::from_secs(2);

/// After so much silence the broker is asked whether there is anything to read, which may be on its
/// way for as long again. The SDK's stream can stay silent for ever when its connection breaks at
/// the wrong moment.
const SILENCE: Duration = Duration::from_secs(2);

/// A partition that was read for so long is tried again at once when it fails.
const STABLE_AFTER: Duration = Duration::from_secs(2);

/// Why a partition cannot be read at the moment.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error(transparent)]
    Connection(#[from] ConnectionError),
    #[error("{0}")]
    Broker(#[from] EventHubsError),
    #[error("the broker ended the stream")]
    Ended,
    #[error("the stream is silent although there are events")]
    Silent,
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
    /// Its function.
    pub(crate) function: Arc<Function>,
    /// What starts the function.
    pub(crate) trigger: Arc<EventHubTrigger>,
    /// The way to the hub.
    pub(crate) connection: Arc<EventHubConnection>,
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
                Err(error) => self.pause("all", &error, &mut delay).await,
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
        let client = self.connection.client().await?;
        let partitions = event_hub_connection::partitions(&client).await;
        if partitions.is_err() {
            self.connection.give_up(&client).await;
        }
        Ok(partitions?)
    }

    async fn run_partition(&self, partition: &str) {
        let mut delay = FIRST_RECONNECT_DELAY;
        loop {
            let begun = Instant::now();
            let error = match self.connection.client().await {
                Ok(client) => {
                    let Err(error) = self.read_partition(&client, partition).await;
                    self.connection.give_up(&client).await;
                    error
                }
                Err(error) => error.into(),
            };
            if begun.elapsed() >= STABLE_AFTER {
                delay = FIRST_RECONNECT_DELAY;
            }
            self.pause(partition, &error, &mut delay).await;
        }
    }

    /// Waits before the next try. Only the first failure of a row is worth a warning.
    async fn pause(&self, partition: &str, error: &ReadError, delay: &mut Duration) {
        let (app, hub) = (&self.app.name, &self.trigger.hub);
        if *delay == FIRST_RECONNECT_DELAY {
            tracing::warn!(app, hub, partition, %error, "cannot read events");
        } else {
            tracing::debug!(app, hub, partition, %error, ?delay, "still cannot read events");
        }
        sleep(*delay).await;
        *delay = delay.saturating_mul(2).min(LONGEST_RECONNECT_DELAY);
    }

    /// Delivers the partition's events until reading fails.
    async fn read_partition(
        &self,
        client: &ConsumerClient,
        partition: &str,
    ) -> Result<Infallible, ReadError> {
        let checkpoint = CheckpointFile::at(self.state.checkpoint(
            &self.app.name,
            &self.trigger.hub,
            &self.trigger.consumer_group,
            partition,
        ));
        let mut processed = checkpoint.load()?;
        self.note(partition, |progress| progress.checkpoint = processed);
        let prefetch = self.app.host.max_event_batch_size;
        let receiver =
            event_hub_connection::receiver(client, partition, processed, prefetch).await?;
        let mut events = pin!(receiver.stream_events());
        loop {
            let batch = self.next_batch(client, partition, &mut events, processed).await?;
            let Some(last) = batch.last().map(|event| event.sequence_number) else { continue };
            self.note(partition, |progress| progress.received = Some(last));
            self.deliver(partition, &batch).await;
            checkpoint.store(last)?;
            processed = Some(last);
            self.note(partition, |progress| progress.checkpoint = processed);
        }
    }

    /// Waits for an event and takes those that follow at once. Events up to `processed` are
    /// dropped: the broker may send them again.
    async fn next_batch(
        &self,
        client: &ConsumerClient,
        partition: &str,
        events: &mut (impl Stream<Item = Result<ReceivedEventData, EventHubsError>> + Unpin),
        processed: Option<i64>,
    ) -> Result<Vec<Event>, ReadError> {
        let mut is_behind = false;
        let first = loop {
            match timeout(SILENCE, events.next()).await {
                Ok(next) => break next.ok_or(ReadError::Ended)??,
                Err(_) if is_behind => return Err(ReadError::Silent),
                Err(_) => {
                    let newest = event_hub_connection::newest(client, partition).await?;
                    is_behind = newest > processed;
                }
            }
        };
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
    /// retry policy has ended: that is what the platform does. What cannot be handed over is given
    /// up at once: no repeat would mend it.
    async fn deliver(&self, partition: &str, events: &[Event]) {
        let count_failure = || {
            self.note(partition, |progress| {
                progress.failures = progress.failures.saturating_add(1);
            });
        };
        let (app, name) = (&self.app, &self.function.name);
        let envelopes = match self.trigger.cardinality {
            Cardinality::Many => match event_batch::batch(&self.trigger, partition, events) {
                Ok(envelope) => vec![envelope],
                Err(error) => {
                    count_failure();
                    let app = &app.name;
                    tracing::error!(app, function = name, partition, %error, "events given up");
                    return;
                }
            },
            Cardinality::One => {
                let single = |event| event_batch::single(&self.trigger, partition, event);
                events.iter().map(single).collect()
            }
        };
        for envelope in &envelopes {
            let failed = |_: &_| count_failure();
            let call = invoke_with_retries(&self.client, app, &self.function, envelope, failed);
            if call.await.is_err() {
                tracing::error!(app = app.name, function = name, partition, "events given up");
            }
        }
    }

    fn note(&self, partition: &str, change: impl FnOnce(&mut Progress)) {
        self.app.note_progress(&self.function.name, partition, change);
    }
}
