//! The reading side of a log: finding where a consumer starts, and reading on from there, segment
//! after segment.

use std::{fs::File, os::unix::fs::FileExt as _, path::PathBuf, sync::Arc};

use super::{Log, LogError, Record, Segment, State, record::Undecodable};

/// Bytes read from a segment at a time; a larger record is read alone.
const READ_BYTES: usize = 256 * 1024;

/// Where a consumer wants to start. `inclusive` asks for the event at the position too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    Earliest,
    Latest,
    Sequence { number: i64, inclusive: bool },
    Offset { offset: i64, inclusive: bool },
    EnqueuedTime { ms: i64, inclusive: bool },
}

/// Reads the events of a log in order. Blocks on file reads.
#[derive(Debug)]
pub(crate) struct LogReader {
    log: Arc<Log>,
    next_sequence: i64,
    open: Option<OpenSegment>,
}

#[derive(Debug)]
struct OpenSegment {
    first_sequence: i64,
    path: PathBuf,
    file: File,
    position: u64,
}

impl LogReader {
    /// A reader of the events from `start` on.
    pub(crate) fn new(log: Arc<Log>, start: Start) -> Result<Self, LogError> {
        let state = log.state();
        let next_sequence = match start {
            Start::Earliest => state.first_sequence(),
            Start::Latest => state.next_sequence,
            Start::Sequence { number, inclusive } => {
                let next = number.saturating_add(i64::from(!inclusive));
                if next > state.next_sequence {
                    return Err(beyond_end(&state));
                }
                next
            }
            Start::Offset { offset, inclusive } => {
                if offset > state.last_offset.saturating_add(i64::from(inclusive)) {
                    return Err(beyond_end(&state));
                }
                first_match(&log, |record| {
                    record.offset > offset || (inclusive && record.offset == offset)
                })?
            }
            Start::EnqueuedTime { ms, inclusive } => first_match(&log, |record| {
                record.enqueued_ms > ms || (inclusive && record.enqueued_ms == ms)
            })?,
        };
        Ok(Self::at(log, next_sequence))
    }

    fn at(log: Arc<Log>, next_sequence: i64) -> Self {
        Self { log, next_sequence, open: None }
    }

    /// The log this reader reads.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// The next events, at least one unless the end of the log is reached.
    pub(crate) fn next_events(&mut self) -> Result<Vec<Record>, LogError> {
        loop {
            let state = self.log.state();
            if self.next_sequence >= state.next_sequence {
                return Ok(Vec::new());
            }
            // Retention may have passed this reader: it goes on at the oldest event kept.
            self.next_sequence = self.next_sequence.max(state.first_sequence());
            let segment = state.segment_of(self.next_sequence);
            let mut open = match self.open.take() {
                Some(open) if open.first_sequence == segment.first_sequence => open,
                Some(_) | None => match OpenSegment::new(&self.log, segment) {
                    Err(_) if self.log.state().first_sequence() > segment.first_sequence => {
                        continue;
                    }
                    opened => opened?,
                },
            };
            let mut events = open.read(segment)?;
            self.open = Some(open);
            events.retain(|record| record.sequence >= self.next_sequence);
            if let Some(last) = events.last() {
                self.next_sequence = last.sequence.saturating_add(1);
                return Ok(events);
            }
        }
    }
}

impl OpenSegment {
    fn new(log: &Log, segment: Segment) -> Result<Self, LogError> {
        let path = log.directory.join(segment.file_name());
        let file = File::open(&path)?;
        Ok(Self { first_sequence: segment.first_sequence, path, file, position: 0 })
    }

    /// The records from the position on, about [`READ_BYTES`] of them and at least one.
    fn read(&mut self, segment: Segment) -> Result<Vec<Record>, LogError> {
        let damaged = |position| LogError::Damaged { segment: self.path.clone(), position };
        let left = segment.length.saturating_sub(self.position);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let mut bytes = vec![0; left.min(READ_BYTES)];
        self.file.read_exact_at(&mut bytes, self.position)?;
        let mut records = Vec::new();
        let mut taken = 0;
        loop {
            match Record::decode(bytes.get(taken..).unwrap_or_default()) {
                Ok((record, length)) => {
                    records.push(record);
                    taken = taken.saturating_add(length);
                }
                Err(Undecodable::Incomplete { total }) if records.is_empty() && total <= left => {
                    bytes.resize(total, 0);
                    self.file.read_exact_at(&mut bytes, self.position)?;
                }
                Err(Undecodable::Incomplete { .. }) if !records.is_empty() => break,
                Err(Undecodable::Damaged) if !records.is_empty() => break,
                Err(_) => return Err(damaged(self.position)),
            }
        }
        let taken = u64::try_from(taken).unwrap_or(u64::MAX);
        self.position = self.position.saturating_add(taken);
        Ok(records)
    }
}

impl State {
    /// The segment that holds the event `sequence`, which is not older than the oldest kept.
    fn segment_of(&self, sequence: i64) -> Segment {
        let behind = self.segments.partition_point(|segment| segment.first_sequence <= sequence);
        let index = behind.saturating_sub(1);
        self.segments[index]
    }
}

fn beyond_end(state: &State) -> LogError {
    LogError::StartBeyondEnd { last: state.next_sequence.saturating_sub(1) }
}

/// Sequence number of the first event that `matches`, or of the next one to come. Once an event
/// matches, all later ones do.
fn first_match(log: &Arc<Log>, matches: impl Fn(&Record) -> bool) -> Result<i64, LogError> {
    let state = log.state();
    let mut start = state.first_sequence();
    for segment in state.segments.iter().rev() {
        let mut reader = LogReader::at(Arc::clone(log), segment.first_sequence);
        let events = reader.next_events()?;
        if events.first().is_some_and(|first| !matches(first)) {
            start = segment.first_sequence;
            break;
        }
    }
    let mut reader = LogReader::at(Arc::clone(log), start);
    loop {
        let events = reader.next_events()?;
        if let Some(found) = events.iter().find(|record| matches(record)) {
            return Ok(found.sequence);
        }
        if events.is_empty() {
            return Ok(reader.next_sequence);
        }
    }
}
