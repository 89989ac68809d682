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

impl DataDirectory {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What an emulator has said that is `telling`.
    pub(crate) fn told(&self) -> String {
        fs::read_to_string(self.0.with_extension("told")).unwrap()
    }

    /// The only file of the only partition of `log`.
    pub(crate) fn segment(&self) -> PathBuf {
        let files = fs::read_dir(self.0.join("log/0")).unwrap();
        files.map(|file| file.unwrap().path()).find(|path| path.extension().is_some()).unwrap()
    }

    fn heard(&self, mut program: Command) -> Command {
        fs::create_dir_all(&self.0).unwrap();
        let path = self.0.with_extension("told");
        let told = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        program.stderr(told);
        program
    }
}

fn with_arguments(mut program: Command, data: &DataDirectory, options: &[&str]) -> Command {
    program
        .args(["--listen", "127.0.0.1:0", "--hub", "orders:4:g,h", "--hub", "log:1:g,h"])
        .args(["--admin", "127.0.0.1:0", "--data"])
        .arg(&data.0)
        .args(options)
        .env("IDENTITY_HEADER", IDENTITY_SECRET)
        .env("SHARED_ACCESS_KEY", "key");
    program
}

impl Drop for DataDirectory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
        let _ = fs::remove_file(self.0.with_extension("told"));
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

    /// With Capture: a file each so many seconds, or for so many bytes.
    pub(crate) fn capturing(data: &DataDirectory, seconds: u32, bytes: u32) -> Self {
        let (folder, seconds, bytes) = (data.captured(), seconds.to_string(), bytes.to_string());
        let folder = folder.to_str().unwrap();
        let capture =
            ["--capture", folder, "--capture-seconds", &seconds, "--capture-bytes", &bytes];
        Self::start_with(data, &capture)
    }

    /// As `capturing`, into a container of the account of a connection string.
    pub(crate) fn capturing_into(
        data: &DataDirectory,
        container: &str,
        storage: &str,
        bytes: u32,
    ) -> Self {
        let bytes = bytes.to_string();
        let options =
            ["--capture-container", container, "--capture-seconds", "1", "--capture-bytes", &bytes];
        let program = Command::new(env!("CARGO_BIN_EXE_eventhubs-emulator"));
        let mut program = with_arguments(program, data, &options);
        program.env("CAPTURE_STORAGE", storage);
        Self::started(program)
    }

    fn start_with(data: &DataDirectory, options: &[&str]) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_eventhubs-emulator"));
        Self::started(with_arguments(program, data, options))
    }

    /// Writes what it says into a file of the data directory.
    pub(crate) fn telling(data: &DataDirectory) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_eventhubs-emulator"));
        Self::started(data.heard(with_arguments(program, data, &[])))
    }

    /// As `telling`, on a disk of its own with room for 4 MB, of which the file `ballast` has most.
    /// `None` where nobody may mount one.
    pub(crate) fn on_small_disk(data: &DataDirectory) -> Option<Self> {
        const MOUNT: &str = "mount -t tmpfs -o size=4m none \"$0\" && \
             head -c 3500000 /dev/zero > \"$0/ballast\" && exec \"$@\"";
        let mut may = Command::new("unshare");
        may.args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]);
        if !may.output().is_ok_and(|output| output.status.success()) {
            return None;
        }
        let mut program = Command::new("unshare");
        program.args(["-rm", "sh", "-c", MOUNT]).arg(&data.0);
        program.arg(env!("CARGO_BIN_EXE_eventhubs-emulator"));
        Some(Self::started(data.heard(with_arguments(program, data, &[]))))
    }

    /// Removes the file `ballast` from its disk, which nobody else sees.
    pub(crate) fn free_space(&self, data: &DataDirectory) {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        let ballast = data.0.join("ballast");
        fs::remove_file(root.join(ballast.strip_prefix("/").unwrap())).unwrap();
    }

    fn started(mut program: Command) -> Self {
        let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let urls = line.trim().strip_prefix("ready: eventhubs-emulator ");
        let (url, admin) = urls.and_then(|urls| urls.split_once(' ')).expect("a ready line");
        Self { child, url: url.to_owned(), admin: admin.to_owned() }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
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
