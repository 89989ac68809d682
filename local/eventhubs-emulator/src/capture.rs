//! Event Hubs Capture: what a partition got in a window of time, or of bytes, becomes a file. A
//! window without events makes none, as `skipEmptyArchives` asks.
//!
//! A file is written aside and renamed, so that half a file is never seen. `avro` is its form,
//! `progress` what a restart goes on from.

mod avro;
mod progress;

use std::{
    fs::{self, File},
    io::BufWriter,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use time::{OffsetDateTime, macros::format_description};
use tokio::{
    task,
    time::{sleep, timeout},
};

use self::{
    avro::AvroFile,
    progress::{Place, Step},
};
use crate::{
    arguments::CaptureArguments,
    log::{Log, LogError, LogReader, Start},
};

/// The first folder of each path, which is that of the namespace.
const NAMESPACE: &str = "emulator";
/// Where files are written before they are whole: readers pass names that begin with a dot by.
const ASIDE: &str = ".aside";
/// After a failure, such as a full disk.
const RETRY: Duration = Duration::from_secs(5);

/// Captures one partition, as long as the process lives.
#[derive(Debug)]
pub(crate) struct Capture {
    log: Arc<Log>,
    /// `{Namespace}/{EventHub}/{PartitionId}` below the folder of all files.
    folder: PathBuf,
    aside: PathBuf,
    note: PathBuf,
    place: Place,
    window: Duration,
    file_bytes: u64,
}

impl Capture {
    /// Goes on where the last run stopped, which a note in the `data` of the partition says.
    pub(crate) fn start(
        arguments: &CaptureArguments,
        hub: &str,
        partition: usize,
        data: &Path,
        log: &Arc<Log>,
    ) -> Result<(), LogError> {
        let aside = arguments.folder.join(ASIDE);
        fs::create_dir_all(&aside)?;
        let note = data.join("captured");
        let capture = Self {
            log: Arc::clone(log),
            folder: arguments.folder.join(NAMESPACE).join(hub).join(partition.to_string()),
            aside: aside.join(format!("{hub}-{partition}.avro")),
            place: Place::load(&note)?,
            note,
            window: arguments.window,
            file_bytes: arguments.file_bytes,
        };
        task::spawn(capture.run());
        Ok(())
    }

    async fn run(mut self) {
        loop {
            self.window_ends().await;
            let written = task::spawn_blocking(move || {
                let result = self.write_file();
                (self, result)
            });
            let Ok((returned, result)) = written.await else {
                tracing::error!("a partition's capture failed and captures no more");
                return;
            };
            self = returned;
            if let Err(error) = result {
                let folder = self.folder.display();
                tracing::error!(%error, %folder, "events were not captured");
                sleep(RETRY).await;
            }
        }
    }

    /// Waits for the time to be over, or for as many bytes as a file may have.
    async fn window_ends(&self) {
        let limit = i64::try_from(self.file_bytes).unwrap_or(i64::MAX);
        let full = self.place.offset.saturating_add(limit);
        let mut changes = self.log.changes();
        // The log lives as long as this does.
        let _ = timeout(self.window, changes.wait_for(|state| state.last_offset >= full)).await;
    }

    /// Writes what came since the last file, if anything did.
    fn write_file(&mut self) -> Result<(), LogError> {
        let start = Start::Sequence { number: self.place.sequence, inclusive: false };
        let mut reader = LogReader::new(Arc::clone(&self.log), start)?;
        let mut events = reader.next_events()?;
        let Some(first) = events.first() else { return Ok(()) };
        let missed = first.sequence.saturating_sub(self.place.sequence).saturating_sub(1);
        if missed > 0 {
            tracing::error!(missed, "events were deleted before they were captured");
        }
        let mut after = self.place;
        let mut file = AvroFile::begin(BufWriter::new(File::create(&self.aside)?))?;
        while let Some(last) = events.last() {
            after = Place { sequence: last.sequence, offset: last.offset };
            file.write_block(&events)?;
            if file.length >= self.file_bytes {
                break;
            }
            events = reader.next_events()?;
        }
        let written = file.into_inner().into_inner().map_err(|error| error.into_error())?;
        written.sync_all()?;
        self.show_file(after)
    }

    fn show_file(&mut self, after: Place) -> Result<(), LogError> {
        let file = self.free_path()?;
        let folder = file.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        Step { before: self.place, after, file: file.clone() }.save(&self.note)?;
        fs::rename(&self.aside, &file)?;
        self.place = after;
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    /// The path of this second, or of the next one without a file.
    fn free_path(&self) -> Result<PathBuf, LogError> {
        let form = format_description!("[year]/[month]/[day]/[hour]/[minute]/[second].avro");
        let mut at = OffsetDateTime::now_utc();
        loop {
            let name = at.format(form).map_err(std::io::Error::other)?;
            let path = self.folder.join(name);
            if !path.exists() {
                return Ok(path);
            }
            at = at.saturating_add(time::Duration::SECOND);
        }
    }
}
