//! The log of accepted writes: a line of JSON for each, appended before its client is answered. A
//! start does them all again in order, so that what was acknowledged before a kill is there.
//!
//! Not synced to the disk: it outlives the program, not the machine's power; the graph is a
//! projection that can be rebuilt. Not compacted either: each version of a document counts one up
//! in its part of the container, and positions in the change feed and session tokens that clients
//! hold refer to that count, which a shorter log would set back.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::account::Account;
use crate::changes::Changes;

/// With this much, writes are refused: some 200,000 edges, which take 1 GB of memory and, on a busy
/// machine, a minute and a half to start.
pub(crate) const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;
const FILE: &str = "writes.jsonl";
const OWNER_ONLY: u32 = 0o600;

/// The log, opened to append.
#[derive(Debug)]
pub(crate) struct Log {
    file: File,
    bytes: u64,
}

impl Log {
    /// Opens the log in a folder, which is made if needed, and does to the account what it holds.
    ///
    /// # Errors
    /// It cannot be read, or has a line that is not one of ours or that this account refuses, since
    /// Bicep has changed the containers: nothing is left out silently.
    pub(crate) async fn open(folder: &Path, account: &Account) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(OWNER_ONLY);
        let mut file = options.open(folder.join(FILE))?;
        let (mut bytes, mut line) = (0, Vec::new());
        let mut lines = BufReader::new(&file);
        while lines.read_until(b'\n', &mut line)? > 0 {
            if line.last() != Some(&b'\n') {
                // A kill cut it short, so nobody was told of it.
                break;
            }
            let changes: Changes =
                serde_json::from_slice(&line).map_err(|error| damaged(bytes, &error))?;
            changes.repeat(account).await.map_err(|answer| damaged(bytes, &answer))?;
            bytes = bytes.saturating_add(u64::try_from(line.len())?);
            line.clear();
        }
        file.set_len(bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, bytes })
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= LOG_BYTES_MAX
    }

    /// # Errors
    /// The file does not take it. What of it stands there has no end and is dropped at the start.
    pub(crate) fn append(&mut self, changes: &Changes) -> io::Result<()> {
        let mut line = serde_json::to_vec(changes)?;
        line.push(b'\n');
        let named = |error| io::Error::other(format!("{FILE}: {error}"));
        self.file.write_all(&line).map_err(named)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}

fn damaged(position: u64, problem: &dyn std::fmt::Display) -> String {
    format!("{FILE} at byte {position}: {problem}; `make clean-local` forgets all local data")
}
