//! An account of the test's own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::{env, fs};

use azure_core::credentials::TokenCredential;
use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::{AccountReference, CosmosClient, CosmosRuntime, RoutingStrategy};
use serde_json::{Value, json};

/// Its containers: one, `things` in the database `test`, by `/partition`.
const DEPLOYMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/deployment.json");

/// A running account. It and its folder vanish with the value.
pub(crate) struct Running {
    process: Child,
    pub(crate) folder: PathBuf,
    pub(crate) url: String,
}

impl Running {
    pub(crate) fn start(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("cosmos-{}-{name}", std::process::id()));
        let _left_behind = fs::remove_dir_all(&folder);
        Self::start_in(folder)
    }

    fn start_in(folder: PathBuf) -> Self {
        let mut process = command(&folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready: cosmos-emulator ").expect("it starts");
        Self { process, folder, url: url.to_owned() }
    }

    /// SIGKILL, and a start on the same folder.
    pub(crate) fn kill_and_start(mut self) -> Self {
        self.kill();
        Self::start_in(std::mem::take(&mut self.folder))
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The file that the writes are in.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("writes.jsonl")
    }

    /// Its container, as a client just started has it.
    pub(crate) async fn things(&self) -> ContainerClient {
        let things = self.things_for(testkit::cosmos_credential()).await;
        things.unwrap_or_else(|refused| panic!("{:?}", refused.status()))
    }

    pub(crate) async fn things_for(
        &self,
        credential: Arc<dyn TokenCredential>,
    ) -> azure_data_cosmos::Result<ContainerClient> {
        let account = AccountReference::with_credential(self.url.parse()?, credential);
        let region = RoutingStrategy::ProximityTo("East Asia".into());
        let runtime = CosmosRuntime::builder().build().await?;
        let client = CosmosClient::builder().with_runtime(runtime).build(account, region).await?;
        client.database_client("test").container_client("things", None).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _ended = self.process.wait();
        if !self.folder.as_os_str().is_empty() {
            let _gone = fs::remove_dir_all(&self.folder);
        }
    }
}

/// How a start on a folder ends that cannot succeed.
pub(crate) fn refused_start(folder: &Path) -> Output {
    command(folder).output().unwrap()
}

fn command(folder: &Path) -> Command {
    let variable = |name: &str| env::var(name).expect("run `make test-one CRATE=cosmos-emulator`");
    // The certificate that clients are told to trust stands beside its authority's.
    let trust = PathBuf::from(variable("SSL_CERT_FILE"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_cosmos-emulator"));
    command.args(["--listen", "127.0.0.1:0", "--deployment", DEPLOYMENT]);
    command.arg("--data").arg(folder).arg("--tls").arg(trust.parent().unwrap());
    command.env("IDENTITY_HEADER", variable("TEST_IDENTITY_SECRET"));
    command
}

/// A document.
pub(crate) fn thing(partition: &str, id: &str, number: u32) -> Value {
    json!({ "id": id, "partition": partition, "number": number })
}
