//! Owns the layout of the state directory: where each file lives and how it is replaced.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The directory given with `--state`.
#[derive(Clone, Debug)]
pub(crate) struct StateDir(PathBuf);

impl StateDir {
    /// Makes the directory when it is not there yet. It may stand in an app's folder, whose
    /// repository it is kept out of.
    pub(crate) fn create(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(root.join("logs"))?;
        fs::write(root.join(".gitignore"), "*\n")?;
        Ok(Self(root))
    }

    /// Output of the app's handler.
    pub(crate) fn handler_log(&self, app: &str) -> PathBuf {
        self.0.join("logs").join(format!("{app}.log"))
    }

    /// Process id of the app's handler, rewritten at each start.
    pub(crate) fn handler_pid(&self, app: &str) -> PathBuf {
        self.0.join(format!("{app}.handler.pid"))
    }

    /// Access keys of functions whose `authLevel` is not `anonymous`.
    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys.json")
    }

    /// Position of one consumer group in one partition.
    pub(crate) fn checkpoint(&self, app: &str, hub: &str, group: &str, partition: &str) -> PathBuf {
        let mut path = self.0.join("checkpoints");
        path.extend([app, hub, group]);
        path.join(format!("{partition}.json"))
    }
}

/// Replaces `path` in one step, so that a reader or a crash never meets half a file.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let draft = path.with_extension("new");
    fs::write(&draft, content)?;
    fs::rename(&draft, path)
}
