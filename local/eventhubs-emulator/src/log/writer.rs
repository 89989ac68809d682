//! The writing side of a log: recovery at start, append with one sync per commit, retention.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

use super::{
    Log, LogError, RETAINED_BYTES, Record, SEGMENT_BYTES, Segment, State, record::Undecodable,
};

/// An event before the log has given it its place.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) partition_key: Option<String>,
    /// The encoded AMQP message.
    pub(crate) message: Vec<u8>,
}

/// The only writer of a log.
#[derive(Debug)]
pub(crate) struct LogWriter {
    log: Arc<Log>,
    /// The last segment, opened for appending.
    file: File,
    /// Set when the file may end in bytes that are no record.
    broken: bool,
    segment_bytes: u64,
    retained_bytes: u64,
}

impl LogWriter {
    /// Opens or creates the log in `directory` and cuts a torn tail off.
    pub(crate) fn open(directory: &Path) -> Result<Self, LogError> {
        Self::open_with_limits(directory, SEGMENT_BYTES, RETAINED_BYTES)
    }

    /// As `open`, with limits that a test can reach.
    pub(super) fn open_with_limits(
        directory: &Path,
        segment_bytes: u64,
        retained_bytes: u64,
    ) -> Result<Self, LogError> {
        fs::create_dir_all(directory)?;
        let mut segments = list_segments(directory)?;
        // A segment made just before a crash may hold nothing; the one before it then knows where
        // the log ends.
        let (file, state) = loop {
            let mut segment =
                segments.pop().unwrap_or(Segment { first_sequence: 0, first_offset: 0, length: 0 });
            let path = directory.join(segment.file_name());
            let file = open_segment(&path)?;
            let last = cut_torn_tail(&file, &path, &mut segment)?;
            if last.is_none() && !segments.is_empty() {
                fs::remove_file(&path)?;
                continue;
            }
            segments.push(segment);
            break (file, state_after(segments, segment, last));
        };
        File::open(directory)?.sync_all()?;
        let log =
            Arc::new(Log { directory: directory.to_owned(), state: watch::Sender::new(state) });
        Ok(Self { log, file, broken: false, segment_bytes, retained_bytes })
    }

    /// The log this writer changes.
    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Adds the events in order and returns once they are synced. On an error none of them is in
    /// the log.
    pub(crate) fn append(&mut self, events: Vec<NewEvent>) -> Result<(), LogError> {
        if self.broken {
            return Err(LogError::Broken);
        }
        self.begin_segment_when_full()?;
        let mut state = self.log.state();
        // Consumers may start at a time: it must not run backwards when the clock does.
        let enqueued_ms = now_ms().max(state.last_enqueued_ms);
        let mut bytes = Vec::new();
        for event in events {
            state.last_offset = state.next_offset;
            let record = Record {
                sequence: state.next_sequence,
                offset: state.next_offset,
                enqueued_ms,
                partition_key: event.partition_key,
                message: event.message,
            };
            let before = bytes.len();
            record.encode(&mut bytes).ok_or_else(too_large)?;
            let written =
                i64::try_from(bytes.len().saturating_sub(before)).map_err(|_| too_large())?;
            state.next_sequence = state.next_sequence.saturating_add(1);
            state.next_offset = state.next_offset.saturating_add(written);
            state.last_enqueued_ms = enqueued_ms;
        }
        let Some(segment) = state.segments.last_mut() else {
            return Err(LogError::Broken);
        };
        let written = self.file.write_all(&bytes).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.broken = self.file.set_len(segment.length).is_err();
            return Err(error.into());
        }
        segment.length =
            segment.length.saturating_add(u64::try_from(bytes.len()).map_err(|_| too_large())?);
        self.log.state.send_replace(state);
        Ok(())
    }

    fn begin_segment_when_full(&mut self) -> Result<(), LogError> {
        let mut state = self.log.state();
        if state.segments.last().is_some_and(|segment| segment.length < self.segment_bytes) {
            return Ok(());
        }
        let segment = Segment {
            first_sequence: state.next_sequence,
            first_offset: state.next_offset,
            length: 0,
        };
        self.file = open_segment(&self.log.directory.join(segment.file_name()))?;
        state.segments.push(segment);
        let excess = expired(&state.segments, self.retained_bytes);
        let removed: Vec<Segment> = state.segments.drain(..excess).collect();
        self.log.state.send_replace(state);
        for segment in removed {
            fs::remove_file(self.log.directory.join(segment.file_name()))?;
        }
        File::open(&self.log.directory)?.sync_all()?;
        Ok(())
    }
}

fn list_segments(directory: &Path) -> io::Result<Vec<Segment>> {
    let mut segments = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let length = entry.metadata()?.len();
        if let Some(segment) =
            entry.file_name().to_str().and_then(|name| Segment::from_file_name(name, length))
        {
            segments.push(segment);
        }
    }
    segments.sort_by_key(|segment| segment.first_sequence);
    Ok(segments)
}

fn open_segment(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).read(true).open(path)
}

/// Cuts everything behind the last whole record of the last segment and returns that record.
fn cut_torn_tail(
    file: &File,
    path: &Path,
    segment: &mut Segment,
) -> Result<Option<Record>, LogError> {
    let bytes = fs::read(path)?;
    let mut rest = bytes.as_slice();
    let mut last = None;
    let damage = loop {
        match Record::decode(rest) {
            Ok((record, taken)) => {
                last = Some(record);
                rest = rest.get(taken..).unwrap_or_default();
            }
            Err(Undecodable::Incomplete { .. }) if rest.is_empty() => break None,
            Err(damage) => break Some(damage),
        }
    };
    segment.length = u64::try_from(bytes.len().saturating_sub(rest.len())).unwrap_or(u64::MAX);
    if let Some(damage) = damage {
        let (path, cut_bytes) = (path.display(), rest.len());
        match damage {
            // A kill tore it, so nobody was told that it is stored.
            Undecodable::Incomplete { .. } => {
                tracing::warn!(%path, cut_bytes, "cut the torn end of a log");
            }
            Undecodable::Damaged => {
                tracing::error!(%path, cut_bytes, "cut a log at a damaged event: it is lost with \
                     all behind it");
            }
        }
        file.set_len(segment.length)?;
        file.sync_all()?;
    }
    Ok(last)
}

fn state_after(segments: Vec<Segment>, current: Segment, last: Option<Record>) -> State {
    let length = i64::try_from(current.length).unwrap_or(i64::MAX);
    State {
        segments,
        next_sequence: last
            .as_ref()
            .map_or(current.first_sequence, |last| last.sequence.saturating_add(1)),
        next_offset: current.first_offset.saturating_add(length),
        last_offset: last.as_ref().map_or(-1, |last| last.offset),
        last_enqueued_ms: last.as_ref().map_or(0, |last| last.enqueued_ms),
    }
}

/// How many of the oldest segments have to go; the one being written stays.
fn expired(segments: &[Segment], retained_bytes: u64) -> usize {
    let mut total: u64 = segments.iter().map(|segment| segment.length).sum();
    let oldest_first = segments.iter().take(segments.len().saturating_sub(1));
    oldest_first
        .take_while(|segment| {
            let over = total > retained_bytes;
            total = total.saturating_sub(segment.length);
            over
        })
        .count()
}

fn too_large() -> LogError {
    LogError::Io(io::Error::new(
        io::ErrorKind::InvalidInput,
        "the event is larger than a record can be",
    ))
}

pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or(0)
}
