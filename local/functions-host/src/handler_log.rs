//! Writes a handler's output, as it is, into a log file of bounded size, and to the terminal.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt};
use tracing::Level;

use crate::console::FUNCTIONS;

/// A log of this size is renamed to `<name>.log.1` and a new one is begun: the two together are
/// what an app may use.
const ROTATE_AT_BYTES: u64 = 20 * 1024 * 1024;

/// Longer lines are written in pieces, between which lines of the other stream may appear.
const MAX_LINE_BYTES: usize = 64 * 1024;
/// What is read at once.
const READ_BYTES: usize = 8 * 1024;

/// Which of the handler's outputs a line comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Output {
    Standard,
    /// An error, unless the line speaks of a warning.
    Error,
}

impl Output {
    fn show(self, lines: &[u8]) {
        if !tracing::enabled!(target: FUNCTIONS, Level::ERROR) {
            return;
        }
        for line in String::from_utf8_lossy(lines).lines() {
            match self {
                Self::Standard => tracing::info!(target: FUNCTIONS, "{line}"),
                Self::Error if line.to_ascii_lowercase().contains("warn") => {
                    tracing::warn!(target: FUNCTIONS, "{line}");
                }
                Self::Error => tracing::error!(target: FUNCTIONS, "{line}"),
            }
        }
    }
}

/// The log of one app's handler, over all its restarts.
#[derive(Clone, Debug)]
pub(crate) struct HandlerLog(Arc<Mutex<Log>>);

#[derive(Debug)]
struct Log {
    path: PathBuf,
    file: File,
    size: u64,
}

impl HandlerLog {
    /// Opens the log for appending.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let (file, size) = append_to(path)?;
        Ok(Self(Arc::new(Mutex::new(Log { path: path.to_owned(), file, size }))))
    }

    /// Copies one of the handler's outputs until it ends: all the whole lines that are there at
    /// once, since a busy handler writes one for each request.
    pub(crate) async fn copy(self, output: Output, mut stream: impl AsyncRead + Unpin) {
        let mut read = Vec::new();
        loop {
            read.reserve(READ_BYTES);
            let is_at_end = matches!(stream.read_buf(&mut read).await, Ok(0) | Err(_));
            let lines =
                read.iter().rposition(|byte| *byte == b'\n').map(|end| end.saturating_add(1));
            let is_too_long = read.len() >= MAX_LINE_BYTES;
            let whole = if is_at_end || is_too_long { Some(read.len()) } else { lines };
            let lines: Vec<u8> = read.drain(..whole.unwrap_or_default()).collect();
            if !lines.is_empty() {
                self.write(output, &lines);
            }
            if is_at_end {
                return;
            }
        }
    }

    fn write(&self, output: Output, lines: &[u8]) {
        output.show(lines);
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = log.write(lines) {
            tracing::error!(path = %log.path.display(), %error, "handler log not written");
        }
    }
}

impl Log {
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.size >= ROTATE_AT_BYTES {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            (self.file, self.size) = append_to(&self.path)?;
        }
        self.file.write_all(lines)?;
        self.size = self.size.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}

fn append_to(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn a_log_that_is_full_is_set_aside_once() {
        let folder = std::env::temp_dir().join(format!("handler-log-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("shop.log");
        let log = HandlerLog::open(&path).unwrap();
        log.0.lock().unwrap().size = ROTATE_AT_BYTES;
        log.copy(Output::Standard, &b"one\ntwo without end"[..]).await;
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo without end");
        assert!(folder.join("shop.log.1").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn lines_of_both_outputs_stay_whole() {
        let folder = std::env::temp_dir().join(format!("handler-log-{}", uuid::Uuid::new_v4()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("shop.log");
        let log = HandlerLog::open(&path).unwrap();
        let (mut one, ours) = tokio::io::duplex(64);
        let copied = tokio::spawn(log.clone().copy(Output::Standard, ours));
        one.write_all(b"first\nhalf a ").await.unwrap();
        let written = async {
            while fs::read(&path).unwrap() != b"first\n" {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), written).await.unwrap();
        log.copy(Output::Error, &b"other\n"[..]).await;
        one.write_all(b"line\n").await.unwrap();
        drop(one);
        copied.await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first\nother\nhalf a line\n");
        fs::remove_dir_all(&folder).unwrap();
    }
}
