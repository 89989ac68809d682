//! Tests whose process has the environment of a handler, which a process of many tests cannot
//! change: a managed identity, a port to serve on, and a place for its telemetry.

use std::env;
use std::net::TcpListener;
use std::process::Command;
use std::sync::OnceLock;

use testkit::{Program, identity_secret};

/// Runs the test of this name again in a process of its own, and there its body.
pub(crate) fn in_own_process(test: &str, body: impl Future<Output = ()>) {
    if env::var_os("IDENTITY_ENDPOINT").is_some() {
        // One thread: on several the SDK's consumer can miss what it waits for.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        return runtime.unwrap().block_on(body);
    }
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        Program::build(&["eventhubs-emulator", "platform-identity", "trace-view"]);
    });
    let identity = Program::start("platform-identity", &["--listen", "127.0.0.1:0"]);
    let traces = Program::start("trace-view", &["--listen", "127.0.0.1:0"]);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", identity.url))
        .env("IDENTITY_HEADER", identity_secret())
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
