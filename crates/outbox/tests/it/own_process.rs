//! Tests whose process has the environment of a handler, which a process of many tests cannot
//! change: a managed identity, a port to serve on, and a place for its telemetry.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const SECRET: &str = "of-this-test";

/// A program of the local platform that ends with this value.
pub(crate) struct Program {
    process: Child,
    /// Where it listens.
    pub(crate) url: String,
}

impl Program {
    /// Starts the program and waits until it says where it is ready.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let mut process = Command::new(programs().join(name))
            .args(arguments)
            .env("IDENTITY_HEADER", SECRET)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix(&format!("ready: {name} ")).unwrap().to_owned();
        Self { process, url }
    }
}

impl Drop for Program {
    /// As `kill -9` does.
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// `target/debug`: cargo puts a test's executable into its folder `deps`.
fn programs() -> PathBuf {
    env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned()
}

/// Runs the test of this name again in a process of its own, and there its body.
pub(crate) fn in_own_process(test: &str, body: impl Future<Output = ()>) {
    if env::var_os("IDENTITY_ENDPOINT").is_some() {
        // One thread: on several the SDK's consumer can miss what it waits for.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        return runtime.unwrap().block_on(body);
    }
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(build);
    let identity = Program::start("platform-identity", &["--listen", "127.0.0.1:0"]);
    let traces = Program::start("trace-view", &["--listen", "127.0.0.1:0"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", identity.url))
        .env("IDENTITY_HEADER", SECRET)
        .env("AZURE_CLIENT_ID", "outbox-test")
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
        .env(
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            format!("InstrumentationKey=of-this-test;IngestionEndpoint={}/", traces.url),
        )
        .env("TRACES_URL", &traces.url)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let has_passed = output.status.success() && told.contains("1 passed");
    assert!(has_passed, "{told}{}", String::from_utf8_lossy(&output.stderr));
    told.lines().filter(|line| line.contains("events/s")).for_each(|line| println!("{line}"));
}

/// Builds what cargo does not build for this crate's tests.
fn build() {
    // With the features of the whole workspace, or all dependencies would be built once more.
    let programs =
        ["--bin", "eventhubs-emulator", "--bin", "platform-identity", "--bin", "trace-view"];
    let build = ["build", "--quiet", "--workspace"];
    let status = Command::new(env!("CARGO")).args(build).args(programs).status();
    assert!(status.unwrap().success());
}
