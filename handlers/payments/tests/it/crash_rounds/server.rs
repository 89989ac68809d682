//! A MariaDB of the rounds' own, which is killed too. It logs as the platform's does, and so
//! recovers as that would; when what it has written comes to the disk it leaves to the system, which
//! only a loss of power would tell.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mysql_async::{Conn, Opts};
use tokio::time::sleep;

use crate::new_key;

/// How long it is away.
const AWAY: Duration = Duration::from_millis(200);
/// It has recovered in this time, and serves.
const START_LIMIT: Duration = Duration::from_secs(120);
const START_PAUSE: Duration = Duration::from_millis(20);

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
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { folder, port, process: None };
        let status = server
            .command("mariadb-install-db")
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .status();
        assert!(status.unwrap().success(), "the server's data are not installed");
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
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", program, "--no-defaults"])
            // Its owner is the effective user.
            .args((fs::metadata("/proc/self").unwrap().uid() == 0).then_some("--user=root"))
            .args([option("datadir", "data"), option("tmpdir", "tmp")])
            .args(["--skip-name-resolve"])
            .env("PATH", path)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
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
        self.process = Some(process.unwrap());
        let began = Instant::now();
        while Conn::new(Opts::from_url(&self.url()).unwrap()).await.is_err() {
            assert!(began.elapsed() < START_LIMIT, "the database does not serve");
            sleep(START_PAUSE).await;
        }
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

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}
