//! The event hubs: their partitions, which partition an event goes to, and the task per partition
//! that appends.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use tokio::{
    sync::{mpsc, oneshot},
    task,
};

use crate::{
    arguments::{Arguments, CaptureArguments},
    capture::{Capture, Capturing, Destination, DestinationError},
    faults::Faults,
    hub_argument::HubArgument,
    log::{Log, LogError, LogWriter, NewEvent},
    partition_key,
    readers::Readers,
};

/// Sends that wait for one partition's writer; more wait at their link.
const APPEND_QUEUE: usize = 64;
/// Sends that share one write and sync.
const SENDS_PER_COMMIT: usize = 16;

/// All hubs by name.
#[derive(Debug)]
pub(crate) struct Hubs(BTreeMap<String, Arc<Hub>>);

/// One event hub.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) name: String,
    pub(crate) created: SystemTime,
    pub(crate) faults: Faults,
    groups: BTreeSet<String>,
    partitions: Vec<Partition>,
    /// Counts the sends that named neither partition nor key.
    round_robin: AtomicUsize,
}

/// One partition: its log, who reads it, and the queue of the task that writes it.
#[derive(Debug)]
pub(crate) struct Partition {
    pub(crate) log: Arc<Log>,
    pub(crate) readers: Readers,
    appends: mpsc::Sender<Append>,
}

/// The hubs cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("{}: {source}", .folder.display())]
    Files { folder: PathBuf, source: LogError },
    #[error("{0}")]
    Destination(#[from] DestinationError),
}

/// Why events were not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppendError {
    #[error("the events could not be written: {0}")]
    Log(#[from] Arc<LogError>),
    #[error("the partition's writer has stopped")]
    WriterStopped,
}

#[derive(Debug)]
struct Append {
    events: Vec<NewEvent>,
    done: oneshot::Sender<Result<(), Arc<LogError>>>,
}

impl Hubs {
    /// Opens the log of each partition, and starts its writer and its capture.
    pub(crate) fn open(arguments: &Arguments) -> Result<Self, OpenError> {
        let Arguments { data, hubs, capture, .. } = arguments;
        let capturing = |capture: &CaptureArguments| {
            let CaptureArguments { place, window, file_bytes } = capture;
            let destination = Destination::of(place)?;
            let (window, file_bytes) = (*window, *file_bytes);
            Ok::<_, DestinationError>(Capturing { destination, window, file_bytes })
        };
        let capture = capture.as_ref().map(capturing).transpose()?;
        let open = |hub: &HubArgument| {
            let opened = Hub::open(data, hub, capture.as_ref());
            let opened = opened
                .map_err(|source| OpenError::Files { folder: data.join(&hub.name), source })?;
            Ok((hub.name.clone(), Arc::new(opened)))
        };
        hubs.iter().map(open).collect::<Result<_, _>>().map(Self)
    }

    /// The hub with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Hub>> {
        self.0.get(name)
    }

    /// Each of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hub> {
        self.0.values().map(|hub| &**hub)
    }
}

impl Hub {
    fn open(
        data: &Path,
        argument: &HubArgument,
        capture: Option<&Capturing>,
    ) -> Result<Self, LogError> {
        let directory = data.join(&argument.name);
        let open = |number: usize| {
            let directory = directory.join(number.to_string());
            let writer = LogWriter::open(&directory)?;
            if let Some(capture) = capture {
                Capture::start(capture, &argument.name, number, &directory, writer.log())?;
            }
            Ok(Partition::start(writer))
        };
        let partitions = (0..argument.partitions).map(open).collect::<Result<_, LogError>>()?;
        Ok(Self {
            name: argument.name.clone(),
            created: created(&directory)?,
            faults: Faults::default(),
            groups: argument.groups.clone(),
            partitions,
            round_robin: AtomicUsize::new(0),
        })
    }

    /// Number of partitions; their ids are the numbers below it.
    pub(crate) fn partition_count(&self) -> usize {
        self.partitions.len()
    }

    /// Whether it has the consumer group.
    pub(crate) fn has_group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// The partition with this id.
    pub(crate) fn partition(&self, id: &str) -> Option<&Partition> {
        let number: usize = id.parse().ok()?;
        self.partitions.get(number)
    }

    /// The partition for a send that names none: by key, always the same one, or by turns.
    pub(crate) fn choose(&self, partition_key: Option<&str>) -> Option<&Partition> {
        let number = match partition_key {
            // As in Azure, the remainder without its sign: that of the hash without its own.
            Some(key) => usize::from(partition_key::hash(key).unsigned_abs()),
            None => self.round_robin.fetch_add(1, Ordering::Relaxed),
        };
        self.partitions.get(number.checked_rem(self.partitions.len())?)
    }
}

impl Partition {
    fn start(writer: LogWriter) -> Self {
        let log = Arc::clone(writer.log());
        let (appends, queue) = mpsc::channel(APPEND_QUEUE);
        task::spawn(write(writer, queue));
        Self { log, readers: Readers::default(), appends }
    }

    /// Stores the events together; returns once they are synced.
    pub(crate) async fn append(&self, events: Vec<NewEvent>) -> Result<(), AppendError> {
        let (done, stored) = oneshot::channel();
        self.appends.send(Append { events, done }).await.map_err(|_| AppendError::WriterStopped)?;
        stored.await.map_err(|_| AppendError::WriterStopped)??;
        Ok(())
    }
}

/// Appends what has queued up, with one sync for all of it.
async fn write(mut writer: LogWriter, mut queue: mpsc::Receiver<Append>) {
    let mut sends = Vec::with_capacity(SENDS_PER_COMMIT);
    while queue.recv_many(&mut sends, SENDS_PER_COMMIT).await > 0 {
        let mut events = Vec::new();
        let mut waiting = Vec::with_capacity(sends.len());
        for send in sends.drain(..) {
            events.extend(send.events);
            waiting.push(send.done);
        }
        let committed = task::spawn_blocking(move || {
            let result = writer.append(events);
            (writer, result.map_err(Arc::new))
        });
        let Ok((returned, result)) = committed.await else {
            tracing::error!("a partition's writer failed and takes no more events");
            return;
        };
        writer = returned;
        if let Err(error) = &result {
            let folder = writer.log().directory().display();
            tracing::error!(%error, %folder, "events were not stored");
        }
        for done in waiting {
            // A link that is gone does not wait for its answer.
            let _ = done.send(result.clone());
        }
    }
}

fn created(directory: &Path) -> io::Result<SystemTime> {
    let metadata = fs::metadata(directory)?;
    metadata.created().or_else(|_| metadata.modified())
}
