//! The data folder: one `up` at a time owns it; process ids and logs have their places in it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// A log larger than this is set aside as `<part>.log.1` before its part starts.
const LOG_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// How much of the end of a log is searched for its last lines.
const LOG_TAIL_BYTES: u64 = 16 * 1024;
/// How many of its last log lines a dead part is reported with.
const LOG_TAIL_LINES: usize = 20;

/// A data folder, locked for as long as this value lives. The kernel drops the lock of a killed
/// process.
#[derive(Debug)]
pub(crate) struct Data {
    root: PathBuf,
    _lock: File,
}

impl Data {
    /// Creates the folder if needed and locks it.
    ///
    /// # Errors
    /// `AlreadyRunning` when another process holds the lock.
    pub(crate) fn lock(root: &Path) -> Result<Self, Error> {
        let failed = || format!("cannot prepare {}", root.display());
        fs::create_dir_all(root.join("logs")).map_err(Error::io(failed()))?;
        fs::create_dir_all(root.join("run")).map_err(Error::io(failed()))?;
        let root = root.canonicalize().map_err(Error::io(failed()))?;

        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(root.join("up.lock"))
            .map_err(Error::io(failed()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(Error::io(failed())(error)),
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                lock.read_to_string(&mut pid).map_err(Error::io(failed()))?;
                return Err(Error::AlreadyRunning { data: root, pid });
            }
        }
        lock.set_len(0).map_err(Error::io(failed()))?;
        write!(lock, "{}", std::process::id()).map_err(Error::io(failed()))?;
        Ok(Self { root, _lock: lock })
    }

    /// A folder that another process holds.
    ///
    /// # Errors
    /// `NotRunning` when none does.
    pub(crate) fn running(root: &Path) -> Result<Self, Error> {
        let not_running = || Error::NotRunning { data: root.to_owned() };
        let lock = File::open(root.join("up.lock")).map_err(|_| not_running())?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => Ok(Self { root: root.to_owned(), _lock: lock }),
            Ok(()) | Err(TryLockError::Error(_)) => Err(not_running()),
        }
    }

    /// The parts that were started and not stopped, by name.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn parts(&self) -> Result<Vec<String>, Error> {
        let folder = self.path("run");
        let failed = || format!("cannot read {}", folder.display());
        let mut parts = Vec::new();
        for entry in fs::read_dir(&folder).map_err(Error::io(failed()))? {
            let name = entry.map_err(Error::io(failed()))?.file_name();
            let part = name.to_str().and_then(|name| name.strip_suffix(".pid"));
            parts.extend(part.map(str::to_owned));
        }
        parts.sort();
        Ok(parts)
    }

    /// The path of `name` in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The folder `name`, created if needed.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.path(name);
        fs::create_dir_all(&path)
            .map_err(Error::io(format!("cannot create {}", path.display())))?;
        Ok(path)
    }

    /// Where the running `part`'s process id stands.
    pub(crate) fn pid_file(&self, part: &str) -> PathBuf {
        self.root.join("run").join(format!("{part}.pid"))
    }

    /// The log of `part`, opened to append.
    pub(crate) fn open_log(&self, part: &str) -> std::io::Result<File> {
        let path = self.log_file(part);
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_BYTES_MAX) {
            fs::rename(&path, path.with_extension("log.1"))?;
        }
        OpenOptions::new().create(true).append(true).open(path)
    }

    /// The last lines of the log of `part`.
    pub(crate) fn log_tail(&self, part: &str) -> String {
        tail(&self.log_file(part))
    }

    /// Of the last lines of its log, the last that `is_wanted`.
    pub(crate) fn last_line(&self, part: &str, is_wanted: fn(&str) -> bool) -> Option<String> {
        let end = log_end(&self.log_file(part)).ok()?;
        end.lines().rev().find(|line| is_wanted(line)).map(str::to_owned)
    }

    fn log_file(&self, part: &str) -> PathBuf {
        self.root.join("logs").join(format!("{part}.log"))
    }
}

/// The last lines of a log, each indented, or why there are none.
pub(crate) fn tail(log: &Path) -> String {
    last_lines(log).unwrap_or_else(|error| format!("    ({}: {error})", log.display()))
}

fn last_lines(path: &Path) -> std::io::Result<String> {
    let end = log_end(path)?;
    let lines: Vec<&str> = end.lines().collect();
    let first = lines.len().saturating_sub(LOG_TAIL_LINES);
    Ok(lines.iter().skip(first).map(|line| format!("    {line}\n")).collect())
}

fn log_end(path: &Path) -> std::io::Result<String> {
    let mut log = File::open(path)?;
    let length = log.metadata()?.len();
    log.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))?;
    let mut end = Vec::new();
    log.take(LOG_TAIL_BYTES).read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).into_owned())
}
