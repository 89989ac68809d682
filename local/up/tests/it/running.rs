//! A started `up run`, watched through what it prints and what it leaves in its data folder.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use mysql_async::Conn;
use tokio::sync::Mutex;

const PORT_BASE: &str = "29";
pub(crate) const OTHER_PORT_BASE: &str = "31";
pub(crate) const PRIMARY_PORT: u16 = 29306;
pub(crate) const REPLICA_PORT: u16 = 29307;
pub(crate) const REDIS_ADDRESS: &str = "127.0.0.1:29379";

const STATUS_ADDRESS: &str = "127.0.0.1:29070";

const LINE_LIMIT: Duration = Duration::from_secs(120);
const END_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// All runs use the same ports, so a test holds this while it runs.
pub(crate) static PORTS: Mutex<()> = Mutex::const_new(());

pub(crate) struct Running {
    pub(crate) up: Child,
    lines: Receiver<String>,
    data: PathBuf,
}

/// A data folder that survives from test to test, which spares each the installation.
pub(crate) fn kept_data() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("up-kept")
}

/// A data folder that does not exist yet.
pub(crate) fn new_data() -> PathBuf {
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("up-new");
    if data.exists() {
        fs::remove_dir_all(&data).unwrap();
    }
    data
}

/// `up run` without function apps.
pub(crate) fn command(data: &Path) -> Command {
    command_at(PORT_BASE, data)
}

fn command_at(port_base: &str, data: &Path) -> Command {
    let apps = Path::new(env!("CARGO_TARGET_TMPDIR")).join("up-no-apps");
    fs::create_dir_all(&apps).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_up"));
    command.args(["run", "--port-base", port_base]);
    command.arg("--data").arg(data).arg("--apps").arg(apps);
    command
}

/// Runs a second `up` that is expected to be refused.
pub(crate) fn refused(data: &Path) -> (Output, String) {
    let output = command(data).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, message)
}

/// What `up status` says of a folder, and its exit code.
pub(crate) fn status(data: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_up"));
    let output = command.arg("status").arg("--data").arg(data).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The status page of whatever runs, with its policy before it.
pub(crate) fn page() -> String {
    let mut stream = TcpStream::connect(STATUS_ADDRESS).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: {STATUS_ADDRESS}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer
}

impl Running {
    /// Starts `up run` and waits until it says that it is ready.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_at(PORT_BASE, data)
    }

    /// As `start`, on other ports.
    pub(crate) fn start_at(port_base: &str, data: &Path) -> Self {
        let mut up = command_at(port_base, data).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(up.stdout.take().unwrap());
        thread::spawn(move || {
            // Ends with the process, or with the test that listens.
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut running = Self { up, lines, data: data.to_owned() };
        running.line("up: ready (");
        running
    }

    /// Waits for a line that begins with `start`.
    pub(crate) fn line(&mut self, start: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let Ok(line) = self.lines.recv_timeout(LINE_LIMIT) else {
                panic!("no line begins with {start:?}; seen: {seen:#?}")
            };
            if line.starts_with(start) {
                return line;
            }
            seen.push(line);
        }
    }

    /// The process id of a part.
    pub(crate) fn pid(&self, part: &str) -> u32 {
        let file = self.data.join("run").join(format!("{part}.pid"));
        fs::read_to_string(file).unwrap().parse().unwrap()
    }

    /// The process ids of all parts.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let files = fs::read_dir(self.data.join("run")).unwrap();
        let pids = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        pids.map(|pid| pid.parse().unwrap()).collect()
    }

    /// What `up status` says of it, and its exit code.
    pub(crate) fn status(&self) -> (Option<i32>, String) {
        status(&self.data)
    }

    /// Sends SIGTERM and answers how `up` ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        signal("TERM", self.up.id());
        self.ended()
    }

    /// Waits for the end of `up`.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        eventually("up ends", || self.up.try_wait().unwrap().is_some());
        self.up.wait().unwrap()
    }
}

impl Drop for Running {
    /// What a failed test leaves behind must not hold the ports; the parts die with `up`.
    fn drop(&mut self) {
        let _ = self.up.kill();
        let _ = self.up.wait();
    }
}

/// Sends a signal, named without its "SIG".
pub(crate) fn signal(name: &str, pid: u32) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status();
    assert!(sent.unwrap().success());
}

/// Waits until none of the processes runs; one that nobody has reaped yet does not run.
pub(crate) fn all_end(pids: &[u32]) {
    let runs = |pid: &u32| fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|c| !c.is_empty());
    eventually("all parts end", || !pids.iter().any(runs));
}

fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < END_LIMIT, "not within {END_LIMIT:?}: {what}");
        thread::sleep(POLL);
    }
}

/// The administrator's connection to one of the servers.
pub(crate) async fn admin(port: u16) -> Conn {
    let url = format!("mysql://root@127.0.0.1:{port}");
    Conn::new(mysql_async::Opts::from_url(&url).unwrap()).await.unwrap()
}

/// A connection to Redis that nobody has signed in on.
pub(crate) struct RedisClient(BufReader<TcpStream>);

impl RedisClient {
    pub(crate) fn connect(address: &str) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    /// The first line of the answer to a command.
    pub(crate) fn answer(&mut self, command: &str) -> String {
        write!(self.0.get_mut(), "{command}\r\n").unwrap();
        self.line()
    }

    /// The next line that the server sends.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
