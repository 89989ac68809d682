//! A MariaDB of the rounds' own, which is killed too. It logs as the platform's does, and so
//! recovers as that would; when what it has written comes to the disk it leaves to the system,
//! which only a loss of power would tell.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mysql_async::{Conn, Opts};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::new_key;

/// How long it is away.
const AWAY: Duration = Duration::from_millis(200);
/// It has recovered in this time, and serves.
const START_LIMIT: Duration = Duration::from_secs(120);
const START_PAUSE: Duration = Duration::from_millis(20);
/// A server that takes a connection and says nothing is asked again.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Below those that the system gives to whoever asks for any: while the server is away, nobody gets
/// its port.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Where the server says why it ends.
const LOG: &str = "stderr";
/// So much of it is shown.
const LINES_SHOWN: usize = 20;

/// A server that keeps its address and its data over restarts.
pub(super) struct Server {
    folder: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Server {
    pub(super) async fn started() -> Self {
        let name = format!("payments-mariadb-{}", new_key());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(folder.join("tmp")).unwrap();
        let mut server = Self { folder, port: free_port(), process: None };
        let status = server
            .command("mariadb-install-db")
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .status();
        assert!(status.unwrap().success(), "no data are installed: {}", server.last_lines());
        server.start().await;
        server
    }

    pub(super) fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }

    /// The program, which ends with this process, and what it is told at each start.
    fn command(&self, program: &str) -> Command {
        let mut path = env::var_os("PATH").unwrap_or_default();
        path.push(":/usr/sbin");
        let option = |name: &str, folder: &str| {
            let mut option = OsString::from(format!("--{name}="));
            option.push(self.folder.join(folder));
            option
        };
        let log = File::options().create(true).append(true).open(self.folder.join(LOG));
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", program, "--no-defaults"])
            // Its owner is the effective user.
            .args((fs::metadata("/proc/self").unwrap().uid() == 0).then_some("--user=root"))
            .args([option("datadir", "data"), option("tmpdir", "tmp")])
            .args(["--skip-name-resolve"])
            .env("PATH", path)
            .stdout(Stdio::null())
            .stderr(log.unwrap());
        command
    }

    async fn start(&mut self) {
        let process = self
            .command("mariadbd")
            .args(["--bind-address=127.0.0.1", "--socket=mariadb.sock"])
            .arg(format!("--port={}", self.port))
            .args(["--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_520_ci"])
            .args(["--innodb-flush-log-at-trx-commit=2", "--log-bin=binlog", "--server-id=1"])
            .args(["--binlog-format=ROW", "--gtid-strict-mode=1", "--sync-binlog=0"])
            .spawn();
        let url = self.url();
        let process = self.process.insert(process.unwrap());
        let began = Instant::now();
        let serves = async || {
            let connected = Conn::new(Opts::from_url(&url).unwrap());
            timeout(CONNECT_LIMIT, connected).await.is_ok_and(|connected| connected.is_ok())
        };
        let mut ended = None;
        while ended.is_none() && began.elapsed() < START_LIMIT {
            if serves().await {
                return;
            }
            ended = process.try_wait().unwrap();
            sleep(START_PAUSE).await;
        }
        panic!("the database does not serve, its process: {ended:?}: {}", self.last_lines());
    }

    fn last_lines(&self) -> String {
        let log = fs::read(self.folder.join(LOG)).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    }

    /// It is killed, and comes again a moment later.
    pub(super) async fn crash(&mut self) {
        self.kill();
        sleep(AWAY).await;
        self.start().await;
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

/// Of a place that is nobody else's in all likelihood, the first that is free.
fn free_port() -> u16 {
    let [high, low, ..] = *Uuid::new_v4().as_bytes();
    let first = u16::from_be_bytes([high, low]) % (PORTS.end - PORTS.start);
    let mut ports = PORTS.skip(first.into()).chain(PORTS);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}
