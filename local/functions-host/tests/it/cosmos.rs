//! A Cosmos DB account of the test's own, and the trigger of its change feed.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use azure_data_cosmos::clients::ContainerClient;
use azure_data_cosmos::{AccountReference, CosmosClient, CosmosRuntime, RoutingStrategy};
use serde_json::{Value, json};
use testkit::Program;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::runtime::{Builder, Runtime};

use crate::identity;
use crate::platform::{Folder, Host, eventually, order, write_app};

/// Two containers of the database `test`: `things` by `/partition`, and `leases`.
pub(crate) struct Cosmos {
    pub(crate) url: String,
    _program: Program,
    _folder: Folder,
}

impl Cosmos {
    pub(crate) fn start() -> Self {
        static BUILT: OnceLock<()> = OnceLock::new();
        BUILT.get_or_init(|| Program::build(&["cosmos-emulator"]));
        let folder = Folder::new();
        let kind = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases";
        let container = |name: &str, path: &str| {
            let key = json!({ "paths": [path], "kind": "Hash", "version": 2 });
            json!({ "type": format!("{kind}/containers"), "name": format!("account/test/{name}"),
                    "properties": { "resource": { "id": name, "partitionKey": key } } })
        };
        let deployment = json!({ "predictedResources": [
            { "type": kind, "name": "account/test" },
            container("things", "/partition"),
            container("leases", "/id"),
        ]});
        let file = folder.0.join("deployment.json");
        fs::write(&file, deployment.to_string()).unwrap();
        let trust = PathBuf::from(std::env::var("SSL_CERT_FILE").unwrap());
        let [file, tls] =
            [file.as_path(), trust.parent().unwrap()].map(|path| path.to_str().unwrap());
        let arguments = ["--listen", "127.0.0.1:0", "--deployment", file, "--tls", tls];
        let program = Program::start("cosmos-emulator", &arguments);
        Self { url: program.url.clone(), _program: program, _folder: folder }
    }

    async fn things(&self) -> ContainerClient {
        let credential = testkit::cosmos_credential();
        let account = AccountReference::with_credential(self.url.parse().unwrap(), credential);
        let routing = RoutingStrategy::PreferredRegions(Vec::new());
        let runtime = CosmosRuntime::builder().build().await.unwrap();
        let client = CosmosClient::builder().with_runtime(runtime);
        let client = client.build(account, routing).await.unwrap();
        client.database_client("test").container_client("things", None).await.unwrap()
    }

    fn write(&self, runtime: &Runtime, id: &str) {
        runtime.block_on(async {
            let document = json!({ "id": id, "partition": "p" });
            self.things().await.upsert_item("p", id, document, None).await.unwrap();
        });
    }

    /// When a document was written, in seconds since 1970.
    pub(crate) fn written_at(&self, runtime: &Runtime, id: &str) -> i64 {
        runtime.block_on(async {
            let read = self.things().await.read_item("p", id, None).await.unwrap();
            read.into_model::<Value>().unwrap()["_ts"].as_i64().unwrap()
        })
    }

    /// The settings of an app that reaches it as `COSMOS`.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "COSMOS__accountEndpoint": self.url,
            "COSMOS__credential": "managedidentity",
            "COSMOS__clientId": "shop",
            "IDENTITY_ENDPOINT": identity::endpoint(),
            "IDENTITY_HEADER": "secret",
        })
    }

    /// An app with one function that reads the feed.
    fn app(&self, folder: Folder, more: &[(&str, Value)]) -> Folder {
        self.app_called("shop", folder, more)
    }

    fn app_called(&self, app: &str, folder: Folder, more: &[(&str, Value)]) -> Folder {
        let mut trigger = json!({
            "type": "cosmosDBTrigger", "name": "docs", "direction": "in",
            "databaseName": "test", "containerName": "things", "connection": "COSMOS",
            "startFromBeginning": true, "feedPollDelay": 100,
        });
        for (name, value) in more {
            trigger[*name] = value.clone();
        }
        let function = json!({ "bindings": [trigger] });
        write_app(&folder, app, &[("on_documents", function)], self.settings());
        folder
    }
}

/// The ids of the documents in each call.
fn calls(host: &Host) -> Vec<Vec<String>> {
    calls_of("shop", host)
}

fn calls_of(app: &str, host: &Host) -> Vec<Vec<String>> {
    let ids = |record: &String| {
        let call: Value = serde_json::from_str(record).ok()?;
        let text: String = serde_json::from_str(call["Data"]["docs"].as_str()?).ok()?;
        let documents: Vec<Value> = serde_json::from_str(&text).ok()?;
        Some(documents.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect())
    };
    host.records(app, "on_documents").iter().filter_map(ids).collect()
}

pub(crate) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

#[test]
fn documents_arrive_as_text_of_json_and_a_killed_host_goes_on_where_its_lease_says() {
    let (cosmos, runtime) = (Cosmos::start(), runtime());
    cosmos.write(&runtime, "a");
    let mut host = Host::start(cosmos.app(Folder::new(), &[]));
    eventually("a document", || (calls(&host) == [["a"]]).then_some(()));
    // What follows is read only after it is noted that the first was.
    cosmos.write(&runtime, "b");
    eventually("another", || (calls(&host).len() == 2).then_some(()));
    cosmos.write(&runtime, "c");
    eventually("a third", || (calls(&host).len() == 3).then_some(()));
    host.kill();
    cosmos.write(&runtime, "d");
    let host = host.kill_and_start();
    let last = || calls(&host).concat().last().is_some_and(|id| id == "d").then_some(());
    eventually("the last", last);
    // The third may have been under way when the host was killed.
    let read: Vec<String> = calls(&host).concat();
    assert!(read == ["a", "b", "c", "d"] || read == ["a", "b", "c", "c", "d"], "{read:?}");
}

#[test]
fn no_call_has_more_documents_than_the_maximum_and_the_lease_moves_on_after_a_failure() {
    let (cosmos, runtime) = (Cosmos::start(), runtime());
    for id in ["a", "b", "c"] {
        cosmos.write(&runtime, id);
    }
    let folder = cosmos.app(Folder::new(), &[("maxItemsPerInvocation", json!(2))]);
    order(&folder, "shop", "fail");
    let host = Host::start(folder);
    eventually("both calls", || (calls(&host) == [vec!["a", "b"], vec!["c"]]).then_some(()));
    host.wait_for_line("documents given up");
    cosmos.write(&runtime, "d");
    eventually("what follows", || (calls(&host).last()? == &["d"]).then_some(()));
    assert_eq!(calls(&host).len(), 3);
}

#[test]
fn a_feed_from_a_time_has_what_was_written_since() {
    let (cosmos, runtime) = (Cosmos::start(), runtime());
    cosmos.write(&runtime, "before");
    let written_at = cosmos.written_at(&runtime, "before");
    let next = OffsetDateTime::from_unix_timestamp(written_at + 1).unwrap();
    eventually("the next second", || (OffsetDateTime::now_utc() > next).then_some(()));
    cosmos.write(&runtime, "since");
    let start = next.format(&Rfc3339).unwrap();
    let more = [("startFromBeginning", json!(false)), ("startFromTime", json!(start))];
    let host = Host::start(cosmos.app(Folder::new(), &more));
    eventually("a document", || (!calls(&host).is_empty()).then_some(()));
    cosmos.write(&runtime, "later");
    eventually("another", || (calls(&host).len() == 2).then_some(()));
    assert_eq!(calls(&host), [["since"], ["later"]]);
}

#[test]
fn a_lease_that_is_not_renewed_is_anothers_after_its_interval() {
    let (cosmos, runtime) = (Cosmos::start(), runtime());
    cosmos.write(&runtime, "a");
    let host = Host::start(cosmos.app(Folder::new(), &[]));
    eventually("a document", || (calls(&host) == [["a"]]).then_some(()));
    drop(host);
    cosmos.write(&runtime, "b");
    // By the defaults, it would have to wait for a minute.
    let times = [("leaseExpirationInterval", json!(1_000)), ("leaseAcquireInterval", json!(100))];
    let host = Host::start(cosmos.app_called("other", Folder::new(), &times));
    let last =
        || calls_of("other", &host).concat().last().is_some_and(|id| id == "b").then_some(());
    eventually("what the other did not read", last);
}
