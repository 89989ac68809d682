//! Keeps how far a consumer group has processed one partition, over restarts of the host.

use std::path::PathBuf;
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::state_dir::write_atomically;

/// The checkpoint of one consumer group in one partition.
#[derive(Clone, Debug)]
pub(crate) struct CheckpointFile(PathBuf);

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    sequence_number: i64,
}

impl CheckpointFile {
    /// The checkpoint kept at `path`.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Sequence number of the last event that counts as processed, if any does.
    pub(crate) fn load(&self) -> io::Result<Option<i64>> {
        match fs::read(&self.0) {
            Ok(text) => {
                let content: Content = serde_json::from_slice(&text)?;
                Ok(Some(content.sequence_number))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Moves the checkpoint on.
    pub(crate) fn store(&self, sequence_number: i64) -> io::Result<()> {
        write_atomically(&self.0, &serde_json::to_vec(&Content { sequence_number })?)
    }
}
