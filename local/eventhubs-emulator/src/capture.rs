//! Event Hubs Capture: what a partition got in a window of time, or of bytes, becomes a file. A
//! window without events makes none, as `skipEmptyArchives` asks.
//!
//! A file is written aside first, so that half a file is never seen. `avro` is its form,
//! `destination` where it is shown, `progress` what a restart goes on from.

mod avro;
mod destination;
mod progress;

use std::{
    fs::{self, File},
    io::{self, BufWriter},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use time::{OffsetDateTime, macros::format_description};
use tokio::{
    task,
    time::{sleep, timeout},
};

pub(crate) use self::destination::{Destination, DestinationError};
use self::{
    avro::AvroFile,
    destination::ShowError,
    progress::{Place, Step},
};
use crate::log::{Log, LogError, LogReader, Start};

/// The first folder of each path, which is that of the namespace.
const NAMESPACE: &str = "emulator";
/// After a failure, such as a full disk, or an account that does not answer.
const RETRY: Duration = Duration::from_secs(5);

/// How the partitions of all hubs are captured.
#[derive(Debug)]
pub(crate) struct Capturing {
    pub(crate) destination: Destination,
    pub(crate) window: Duration,
    pub(crate) file_bytes: u64,
}

/// Captures one partition, as long as the process lives.
#[derive(Debug)]
pub(crate) struct Capture {
    log: Arc<Log>,
    destination: Destination,
    /// `{Namespace}/{EventHub}/{PartitionId}`
    path: String,
    aside: PathBuf,
    note: PathBuf,
    place: Place,
    /// The step whose file may not be there yet.
    noted: Option<Step>,
    /// Whether that file stands aside.
    is_written: bool,
    window: Duration,
    file_bytes: u64,
}

/// Why events were not captured.
#[derive(Debug, thiserror::Error)]
enum CaptureError {
    #[error("{0}")]
    Log(#[from] LogError),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Show(#[from] ShowError),
    #[error("the writing task failed: {0}")]
    Task(#[from] task::JoinError),
}

impl Capture {
    /// Goes on where the last run stopped, which a note in the `data` of the partition says.
    pub(crate) fn start(
        capturing: &Capturing,
        hub: &str,
        partition: usize,
        data: &Path,
        log: &Arc<Log>,
    ) -> Result<(), LogError> {
        let Capturing { destination, window, file_bytes } = capturing;
        let aside = destination.aside(hub, partition, data);
        if let Some(folder) = aside.parent() {
            fs::create_dir_all(folder)?;
        }
        let note = data.join("captured");
        let noted = Step::load(&note)?;
        let capture = Self {
            log: Arc::clone(log),
            destination: destination.clone(),
            path: format!("{NAMESPACE}/{hub}/{partition}"),
            aside,
            place: noted.as_ref().map_or(Place::START, |step| step.before),
            note,
            noted,
            is_written: false,
            window: *window,
            file_bytes: *file_bytes,
        };
        task::spawn(capture.run());
        Ok(())
    }

    async fn run(mut self) {
        loop {
            if let Err(error) = self.next_file().await {
                let path = &self.path;
                tracing::error!(%error, path, "events were not captured; trying again");
                sleep(RETRY).await;
            }
        }
    }

    /// Shows the file of the noted step, then notes the next step once its window is over.
    async fn next_file(&mut self) -> Result<(), CaptureError> {
        if let Some(step) = self.noted.clone() {
            if !self.destination.has(&step.file).await? {
                // Nothing is written of events that were deleted meanwhile.
                if self.is_written || self.write_aside(Some(step.after)).await?.is_some() {
                    self.destination.show(&self.aside, &step.file).await?;
                }
            }
            (self.place, self.noted, self.is_written) = (step.after, None, false);
        }
        self.window_ends().await;
        if let Some(after) = self.write_aside(None).await? {
            let step = Step { before: self.place, after, file: self.free_name().await? };
            let (noted, note) = (step.clone(), self.note.clone());
            task::spawn_blocking(move || noted.save(&note)).await??;
            (self.noted, self.is_written) = (Some(step), true);
        }
        Ok(())
    }

    /// Waits for the time to be over, or for as many bytes as a file may have.
    async fn window_ends(&self) {
        let limit = i64::try_from(self.file_bytes).unwrap_or(i64::MAX);
        let full = self.place.offset.saturating_add(limit);
        let mut changes = self.log.changes();
        // The log lives as long as this does.
        let _ = timeout(self.window, changes.wait_for(|state| state.last_offset >= full)).await;
    }

    /// Writes what came since the last file, if anything did; the last event that the file has.
    async fn write_aside(&self, until: Option<Place>) -> Result<Option<Place>, CaptureError> {
        let (log, aside, after) = (Arc::clone(&self.log), self.aside.clone(), self.place);
        let file_bytes = self.file_bytes;
        task::spawn_blocking(move || write_file(log, &aside, after, until, file_bytes)).await?
    }

    /// The name of this second, or of the next one without a file.
    async fn free_name(&self) -> Result<String, CaptureError> {
        let form = format_description!("[year]/[month]/[day]/[hour]/[minute]/[second].avro");
        let mut at = OffsetDateTime::now_utc();
        loop {
            let name = at.format(form).map_err(io::Error::other)?;
            let name = format!("{}/{name}", self.path);
            if !self.destination.has(&name).await? {
                return Ok(name);
            }
            at = at.saturating_add(time::Duration::SECOND);
        }
    }
}

/// The events after a place, until another or until the file has its size.
fn write_file(
    log: Arc<Log>,
    aside: &Path,
    mut after: Place,
    until: Option<Place>,
    file_bytes: u64,
) -> Result<Option<Place>, CaptureError> {
    let start = Start::Sequence { number: after.sequence, inclusive: false };
    let last = until.map_or(i64::MAX, |until| until.sequence);
    let mut reader = LogReader::new(log, start)?;
    let mut next_events = || -> Result<_, LogError> {
        let mut events = reader.next_events()?;
        events.retain(|event| event.sequence <= last);
        Ok(events)
    };
    let mut events = next_events()?;
    let Some(first) = events.first() else { return Ok(None) };
    let missed = first.sequence.saturating_sub(after.sequence).saturating_sub(1);
    if missed > 0 {
        tracing::error!(missed, "events were deleted before they were captured");
    }
    let mut file = AvroFile::begin(BufWriter::new(File::create(aside)?))?;
    while let Some(event) = events.last() {
        after = Place { sequence: event.sequence, offset: event.offset };
        file.write_block(&events)?;
        if file.length >= file_bytes && until.is_none() {
            break;
        }
        events = next_events()?;
    }
    let written = file.into_inner().into_inner().map_err(|error| error.into_error())?;
    written.sync_all()?;
    Ok(Some(after))
}
