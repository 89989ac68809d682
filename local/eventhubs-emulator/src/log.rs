//! The log of one partition: segment files in one directory, written by one [`LogWriter`] and read
//! by any number of [`LogReader`]s. A record counts once it is synced; readers never see bytes that
//! are not.
//!
//! `record` is the form of one event in a file, `writer` recovery, append and retention, `reader`
//! where to start and reading on from there.

mod reader;
mod record;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::sync::watch;

pub(crate) use reader::{LogReader, Start};
pub(crate) use record::Record;
pub(crate) use writer::{LogWriter, NewEvent, now_ms};

/// A segment that has reached this size is closed and the next one begins.
const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;

/// Older segments are deleted while a partition's segments together are larger than this.
const RETAINED_BYTES: u64 = 256 * 1024 * 1024;

/// What can go wrong with the files of a log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    #[error("{0}{remedy}", remedy = remedy(.0))]
    Io(#[from] io::Error),
    #[error(
        "{} is damaged at byte {position}, and nothing from there on can be read; to begin \
         anew, remove the folder of all data",
        .segment.display()
    )]
    Damaged { segment: PathBuf, position: u64 },
    #[error("the log takes no events since a failed write could not be undone")]
    Broken,
    #[error("the start position lies behind the last event, sequence number {last}")]
    StartBeyondEnd { last: i64 },
}

fn remedy(error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::StorageFull {
        "; free some space: until then nothing more is taken, and what is here can be read"
    } else {
        ""
    }
}

/// The log as readers see it. One writer, created with it, changes it.
#[derive(Debug)]
pub(crate) struct Log {
    directory: PathBuf,
    state: watch::Sender<State>,
}

/// All that is synced: replaced as a whole, so that a reader sees either none or all of a commit.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Oldest first, never empty; the last one is being written.
    segments: Vec<Segment>,
    /// Sequence number the next event gets.
    pub(crate) next_sequence: i64,
    /// Offset the next event gets: bytes of all records ever written to the partition.
    next_offset: i64,
    /// Offset of the newest event, -1 before the first.
    pub(crate) last_offset: i64,
    /// Time of the newest event in milliseconds since 1970, 0 before the first.
    pub(crate) last_enqueued_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    first_sequence: i64,
    first_offset: i64,
    /// Synced bytes.
    length: u64,
}

impl State {
    /// Sequence number of the oldest event kept; equals `next_sequence` when there is none.
    pub(crate) fn first_sequence(&self) -> i64 {
        self.segments.first().map_or(self.next_sequence, |segment| segment.first_sequence)
    }

    /// Whether no event is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.first_sequence() == self.next_sequence
    }
}

impl Log {
    /// Where its files are.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// A copy of what is synced now.
    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// A receiver that wakes whenever events were added.
    pub(crate) fn changes(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }
}

impl Segment {
    /// The name carries the position, so that an empty segment has one too.
    fn file_name(&self) -> String {
        format!("{:020}-{:020}.log", self.first_sequence, self.first_offset)
    }

    fn from_file_name(name: &str, length: u64) -> Option<Self> {
        let (sequence, offset) = name.strip_suffix(".log")?.split_once('-')?;
        Some(Self {
            first_sequence: sequence.parse().ok()?,
            first_offset: offset.parse().ok()?,
            length,
        })
    }
}
