//! What starts a function: each trigger with its connection resolved.

use std::sync::Arc;
use std::time::Duration;

use hyper::Method;
use serde::Deserialize;
use time::OffsetDateTime;

use crate::binding_expression::PathPattern;
use crate::connection_identity::ConnectionIdentity;
use crate::cosmos_connection::CosmosContainer;
use crate::routes::RouteTemplate;
use crate::schedule::Schedule;
use crate::storage_connection::StorageConnection;

/// Who may call an HTTP function.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AuthLevel {
    /// Anyone.
    Anonymous,
    /// Whoever knows the function key.
    #[default]
    Function,
    /// Whoever knows the master key.
    Admin,
}

/// How many events one invocation takes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cardinality {
    /// One.
    #[default]
    One,
    /// A batch.
    Many,
}

/// As what an event is handed over; without one a batch is an array of parsed JSON.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DataType {
    /// As text.
    String,
    /// As base64 of its bytes.
    Binary,
}

/// How it becomes known that a blob was written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) enum BlobSource {
    /// The host looks.
    #[default]
    LogsAndContainerScan,
    /// Event Grid tells the host's webhook.
    EventGrid,
}

/// What starts a function.
#[derive(Debug)]
pub(crate) enum Trigger {
    /// A request.
    Http(Arc<HttpTrigger>),
    /// Events of a hub.
    EventHub(Arc<EventHubTrigger>),
    /// Messages of a queue.
    Queue(Arc<QueueTrigger>),
    /// Blobs that are written.
    Blob(Arc<BlobTrigger>),
    /// Documents that are written.
    Cosmos(Arc<CosmosTrigger>),
    /// Events that Event Grid delivers.
    EventGrid(Arc<EventGridTrigger>),
    /// A clock.
    Timer(Arc<TimerTrigger>),
}

/// An HTTP trigger and its output.
#[derive(Debug)]
pub(crate) struct HttpTrigger {
    /// Binding name of the request.
    pub(crate) input: String,
    /// Binding name of the answer.
    pub(crate) output: Option<String>,
    /// Public route, prefix included.
    pub(crate) route: RouteTemplate,
    /// The same as it is written.
    pub(crate) template: String,
    /// Methods it answers; none listed means all.
    pub(crate) methods: Vec<Method>,
    /// Who may call it.
    pub(crate) auth_level: AuthLevel,
}

/// An Event Hubs trigger with its connection resolved.
#[derive(Debug)]
pub(crate) struct EventHubTrigger {
    /// Binding name of the events.
    pub(crate) input: String,
    /// Name of the hub.
    pub(crate) hub: String,
    /// Consumer group that reads it.
    pub(crate) consumer_group: String,
    /// Host name of the Event Hubs namespace; a loopback address means the emulator.
    pub(crate) namespace: String,
    /// By which right it is read.
    pub(crate) identity: ConnectionIdentity,
    /// One event or a batch in each invocation.
    pub(crate) cardinality: Cardinality,
    /// As what the handler gets an event.
    pub(crate) data_type: Option<DataType>,
}

/// A queue trigger with its connection resolved.
#[derive(Debug)]
pub(crate) struct QueueTrigger {
    /// Binding name of the message.
    pub(crate) input: String,
    /// Name of the queue.
    pub(crate) queue: String,
    /// Where the queue is.
    pub(crate) connection: StorageConnection,
}

/// A blob trigger with its connections resolved.
#[derive(Debug)]
pub(crate) struct BlobTrigger {
    /// Binding name of the blob.
    pub(crate) input: String,
    /// The container that is watched.
    pub(crate) container: String,
    /// The names in it that start the function.
    pub(crate) pattern: PathPattern,
    /// Who tells of what is written.
    pub(crate) source: BlobSource,
    /// Where the container is.
    pub(crate) blobs: StorageConnection,
    /// Where what was written waits for the function.
    pub(crate) queues: StorageConnection,
}

/// Where a change feed is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedStart {
    /// The first document.
    Beginning,
    /// What was written since.
    Time(OffsetDateTime),
    /// What is written from now on.
    Now,
}

/// The intervals of the leases of a change feed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeaseTimes {
    /// After so long one is written again, also when nothing was read.
    pub(crate) renewal: Duration,
    /// After so long it is tried again to take one that somebody else has.
    pub(crate) acquisition: Duration,
    /// One that was not written for so long is anybody's.
    pub(crate) expiration: Duration,
}

/// A trigger of a container's change feed.
#[derive(Debug)]
pub(crate) struct CosmosTrigger {
    /// Binding name of the documents.
    pub(crate) input: String,
    /// What is read.
    pub(crate) container: CosmosContainer,
    /// Where it is noted how far.
    pub(crate) leases: CosmosContainer,
    /// What the ids of these notes begin with.
    pub(crate) lease_prefix: String,
    /// Where a feed without a note begins.
    pub(crate) start: FeedStart,
    /// When the notes are written, and taken over.
    pub(crate) lease_times: LeaseTimes,
    /// The wait before the next look at a feed that has nothing new.
    pub(crate) poll_delay: Duration,
    /// The most documents in one invocation.
    pub(crate) items_max: Option<u32>,
}

/// An Event Grid trigger.
#[derive(Debug)]
pub(crate) struct EventGridTrigger {
    /// Binding name of the event or events.
    pub(crate) input: String,
    /// One event or all of a delivery in each invocation.
    pub(crate) cardinality: Cardinality,
}

/// A timer trigger.
#[derive(Debug)]
pub(crate) struct TimerTrigger {
    /// Binding name of the timer.
    pub(crate) input: String,
    /// When it fires.
    pub(crate) schedule: Schedule,
    /// Whether it also fires when the app host starts.
    pub(crate) run_on_startup: bool,
    /// Whether the payload tells the last and the next occurrence.
    pub(crate) use_monitor: bool,
}

impl Trigger {
    /// What function.json calls it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "httpTrigger",
            Self::EventHub(_) => "eventHubTrigger",
            Self::Queue(_) => "queueTrigger",
            Self::Blob(_) => "blobTrigger",
            Self::Cosmos(_) => "cosmosDBTrigger",
            Self::EventGrid(_) => "eventGridTrigger",
            Self::Timer(_) => "timerTrigger",
        }
    }

    /// Why the Functions host says that it executes a function of this kind.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Http(_) => {
                "This function was programmatically called via the host APIs.".to_owned()
            }
            Self::EventHub(_) => "(null)".to_owned(),
            Self::Queue(queue) => format!("New queue message detected on '{}'.", queue.queue),
            Self::Blob(blob) => format!("New blob detected in '{}'.", blob.container),
            Self::Cosmos(cosmos) => format!("New changes on '{}'.", cosmos.container.name()),
            Self::EventGrid(_) => "EventGrid trigger fired.".to_owned(),
            Self::Timer(_) => "Timer fired.".to_owned(),
        }
    }

    /// Whether the host itself needs an identity to run it.
    pub(crate) fn needs_identity(&self) -> bool {
        match self {
            Self::EventHub(_) | Self::Cosmos(_) => true,
            Self::Queue(queue) => queue.connection.needs_identity(),
            Self::Blob(blob) => blob.blobs.needs_identity() || blob.queues.needs_identity(),
            Self::Http(_) | Self::EventGrid(_) | Self::Timer(_) => false,
        }
    }
}
