//! Starts the built binary on a free port.

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use uuid::Uuid;

/// What tokens are signed with.
pub(crate) const IDENTITY_SECRET: &str = "of-this-test";

/// A directory that is removed at the end of the test.
pub(crate) struct DataDirectory(PathBuf);

impl DataDirectory {
    pub(crate) fn new() -> Self {
        let name = format!("eventhubs-{}", Uuid::new_v4());
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    /// Where captured events go in these tests.
    pub(crate) fn captured(&self) -> PathBuf {
        self.0.join("captured")
    }
}

impl Drop for DataDirectory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running emulator with the hubs `orders` (4 partitions) and `log` (1 partition), each with the
/// consumer groups `g` and `h`.
pub(crate) struct Emulator {
    child: Child,
    /// `amqp://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// `http://127.0.0.1:PORT`, where its administrator asks.
    pub(crate) admin: String,
}

impl Emulator {
    pub(crate) fn start(data: &DataDirectory) -> Self {
        Self::start_with(data, &[])
    }

    /// With Capture: a file each second, or for that many bytes.
    pub(crate) fn capturing(data: &DataDirectory, bytes: u32) -> Self {
        let (folder, bytes) = (data.captured(), bytes.to_string());
        let folder = folder.to_str().unwrap();
        let capture = ["--capture", folder, "--capture-seconds", "1", "--capture-bytes", &bytes];
        Self::start_with(data, &capture)
    }

    fn start_with(data: &DataDirectory, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_eventhubs-emulator"))
            .args(["--listen", "127.0.0.1:0", "--hub", "orders:4:g,h", "--hub", "log:1:g,h"])
            .args(["--admin", "127.0.0.1:0"])
            .arg("--data")
            .arg(&data.0)
            .args(options)
            .env("IDENTITY_HEADER", IDENTITY_SECRET)
            .env("SHARED_ACCESS_KEY", "key")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let urls = line.trim().strip_prefix("ready: eventhubs-emulator ");
        let (url, admin) = urls.and_then(|urls| urls.split_once(' ')).expect("a ready line");
        Self { child, url: url.to_owned(), admin: admin.to_owned() }
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
