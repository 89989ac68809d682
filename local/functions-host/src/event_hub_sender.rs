//! Sends the events that functions say.
//!
//! The client lives on a thread of its own with a single-threaded runtime: the AMQP library under
//! the SDK's client can miss an acknowledgement when another thread runs its connection. A send
//! that is not acknowledged in time is done once more by a new client: an event may come twice.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use azure_messaging_eventhubs::models::EventData;
use azure_messaging_eventhubs::{EventHubsError, ProducerClient};
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{error::Elapsed, timeout};

use crate::connection_identity::ConnectionIdentity;
use crate::event_hub_connection::is_loopback;

const SEND_LIMIT: Duration = Duration::from_secs(10);
/// The second is made by a new client.
const ATTEMPTS: u32 = 2;
/// Invocations that wait for the client.
const WAITING_MAX: usize = 64;

/// Why events were not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("the hub refuses the events: {0}")]
    Hub(#[from] EventHubsError),
    #[error("the identity endpoint is not usable: {0}")]
    Credential(#[from] azure_core::Error),
    #[error("the hub did not answer within {SEND_LIMIT:?}")]
    Silent(#[from] Elapsed),
    #[error("an event does not fit into a batch")]
    TooLong,
    #[error("there is no thread to send events: {0}")]
    Thread(#[from] io::Error),
    #[error("the thread that sends events has ended")]
    Stopped,
}

struct Job {
    events: Vec<Vec<u8>>,
    sent: oneshot::Sender<Result<(), SendError>>,
}

/// The way to one hub.
#[derive(Clone, Debug)]
struct Hub {
    namespace: String,
    name: String,
    identity: ConnectionIdentity,
}

/// Sends to one hub, from its first use on.
#[derive(Debug)]
pub(crate) struct EventHubSender {
    hub: Hub,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
}

impl EventHubSender {
    /// Does nothing yet.
    pub(crate) fn new(namespace: String, name: String, identity: ConnectionIdentity) -> Self {
        Self { hub: Hub { namespace, name, identity }, jobs: Mutex::new(None) }
    }

    /// Sends events, and returns when the hub has them.
    pub(crate) async fn send(&self, events: Vec<Vec<u8>>) -> Result<(), SendError> {
        let (sent, outcome) = oneshot::channel();
        let jobs = self.jobs()?;
        jobs.send(Job { events, sent }).await.map_err(|_| SendError::Stopped)?;
        outcome.await.unwrap_or(Err(SendError::Stopped))
    }

    fn jobs(&self) -> Result<mpsc::Sender<Job>, SendError> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jobs) = &*jobs
            && !jobs.is_closed()
        {
            return Ok(jobs.clone());
        }
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let hub = self.hub.clone();
        thread::Builder::new()
            .name("event-sender".to_owned())
            .spawn(move || runtime.block_on(work(hub, receiver)))?;
        Ok(jobs.insert(sender).clone())
    }
}

async fn work(hub: Hub, mut jobs: mpsc::Receiver<Job>) {
    let mut client = None;
    while let Some(job) = jobs.recv().await {
        let mut outcome = Ok(());
        for _ in 0..ATTEMPTS {
            outcome = send(&hub, &mut client, &job.events).await;
            match &outcome {
                Ok(()) | Err(SendError::TooLong) => break,
                Err(_) => client = None,
            }
        }
        // Whoever asked may be gone with its app host.
        let _asker_is_gone = job.sent.send(outcome);
    }
}

async fn send(
    hub: &Hub,
    client: &mut Option<ProducerClient>,
    events: &[Vec<u8>],
) -> Result<(), SendError> {
    let client = match client {
        Some(client) => client,
        None => client.insert(timeout(SEND_LIMIT, open(hub)).await??),
    };
    let mut left = events.iter().peekable();
    while left.peek().is_some() {
        let batch = timeout(SEND_LIMIT, client.create_batch(None)).await??;
        while let Some(body) = left.peek() {
            let event = EventData::builder().with_body((*body).clone()).build();
            if !batch.try_add_event_data(event, None)? {
                break;
            }
            left.next();
        }
        if batch.is_empty() {
            return Err(SendError::TooLong);
        }
        timeout(SEND_LIMIT, client.send_batch(batch, None)).await??;
    }
    Ok(())
}

async fn open(hub: &Hub) -> Result<ProducerClient, SendError> {
    let mut builder = ProducerClient::builder();
    if is_loopback(&hub.namespace) {
        builder = builder.with_custom_endpoint(format!("amqp://{}", hub.namespace));
    }
    let credential = hub.identity.credential()?;
    Ok(builder.open(&hub.namespace, &hub.name, credential).await?)
}
